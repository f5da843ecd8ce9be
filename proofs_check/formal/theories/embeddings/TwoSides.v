(** * The replacement W' = J2^T J2 W J1^T J1: moments, and why Proposition 1 fails for every W *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Reconstruction.
From Butterfly Require Import Draws Moments Replacement.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section TwoTransforms.
Variables (R : rcfType) (p1 k1 p2 k2 : nat).
Hypotheses (range1 : (0 < k1 <= dim p1)%N) (range2 : (0 < k2 <= dim p2)%N).
Local Notation n1 := (dim p1).
Local Notation n2 := (dim p2).
Local Notation D := (setX (all_draws p1 k1) (all_draws p2 k2)).
Variables (W : 'M[R]_(n2, n1)) (x : 'cV[R]_n1).

Let W' (t : draw_of p1 * draw_of p2) := replaced (transform R t.1) (transform R t.2) W.
Let V1 := mean (all_draws p1 k1) (fun t => sq (W *m (gram R t *m x) - W *m x)).

Lemma replacedE t : W' t *m x = gram R t.2 *m (W *m (gram R t.1 *m x)).
Proof. by rewrite /W' /replaced /gram -!mulmxA. Qed.

Lemma mean_inner : mean (all_draws p1 k1) (fun t => sq (W *m (gram R t *m x))) = V1 + sq (W *m x).
Proof.
rewrite /V1 one_sided_law // mean_square // moment_form.
by move: (\sum_a _) (sq (W *m x)) (sq W) (sq x) (sigma2 R n1 k1) => a b c d e; ring.
Qed.

Theorem two_sided_law :
  mean D (fun t => sq (replaced (transform R t.1) (transform R t.2) W *m x - W *m x)) =
  (n2%:R / k2%:R - 1) * sq (W *m x) + n2%:R / k2%:R *
    mean (all_draws p1 k1) (fun t => sq (W *m (gram R t *m x) - W *m x)).
Proof.
rewrite mean_setX -/V1; set z := W *m x.
pose c : R := n2%:R / k2%:R.
rewrite (eq_mean (g := fun t => c * sq (W *m (gram R t *m x)) -
    2 * ip (W^T *m z) (gram R t *m x) + sq z)) => [|t _]; last first.
  rewrite (eq_mean (g := fun u => sq (gram R u *m (W *m (gram R t *m x))) -
    2 * ip z (gram R u *m (W *m (gram R t *m x))) + sq z)) => [|u _]; last first.
    by rewrite -/(W' (t, u)) replacedE sqB (ipC _ z).
  rewrite meanD meanB meanZ mean_gram_square // mean_linear // mean_const ?draws_gt0 //.
  by rewrite [ip (W^T *m z) _]ip_mull trmxK.
rewrite meanD meanB !meanZ mean_inner mean_linear // mean_const ?draws_gt0 //.
rewrite [ip (W^T *m z) _]ip_mull trmxK -/z -/(sq z) -/c; move: V1 (sq z) c => a b d.
by ring.
Qed.

(** The bilinear form u^T W' x. *)
Theorem bilinear_law (u : 'cV[R]_n2) :
  mean D (fun t => ip u (replaced (transform R t.1) (transform R t.2) W *m x)) = ip u (W *m x) /\
  variance D (fun t => ip u (replaced (transform R t.1) (transform R t.2) W *m x)) =
  \tr (moment k2 u *m W *m moment k1 x *m W^T) - ip u (W *m x) ^+ 2.
Proof.
have gram_sym (t : draw_of p2) : (gram R t)^T = gram R t by rewrite /gram trmx_mul trmxK.
have turn (y : 'cV[R]_n1) (M : 'M[R]_n2) :
    \tr (W *m y *m (W *m y)^T *m M) = \tr (W^T *m M *m W *m (y *m y^T)).
  rewrite trmx_mul -!mulmxA; do 2!rewrite [LHS]mxtrace_mulC -!mulmxA.
  by rewrite [LHS]mxtrace_mulC -!mulmxA.
have first : mean D (fun t => ip u (W' t *m x)) = ip u (W *m x).
  rewrite mean_setX (eq_mean (g := fun t => ip (W^T *m u) (gram R t *m x))) => [|t _].
    by rewrite mean_linear // ip_mull trmxK.
  rewrite (eq_mean (g := fun v => ip u (gram R v *m (W *m (gram R t *m x))))) => [|v _].
    by rewrite mean_linear // ip_mull trmxK.
  by rewrite replacedE.
split=> //; rewrite varianceE; last first.
  by rewrite cardsX muln_gt0 !draws_gt0.
rewrite -/(W' _) first; congr (_ - _).
rewrite mean_setX (eq_mean (g := fun t =>
    \tr (W^T *m moment k2 u *m W *m (gram R t *m x *m (gram R t *m x)^T)))) => [|t _].
  by rewrite mean_form // -!mulmxA mxtrace_mulC !mulmxA.
set y := gram R t *m x; rewrite (eq_mean (g := fun v =>
    \tr (W *m y *m (W *m y)^T *m (gram R v *m u *m (gram R v *m u)^T)))) => [|v _].
  by rewrite mean_form // (turn y).
rewrite replacedE /= -/y; have -> : ip u (gram R v *m (W *m y)) = ip (gram R v *m u) (W *m y).
  by rewrite ip_mull gram_sym.
move: (gram R v *m u) (W *m y) => a b.
have -> : b *m b^T *m (a *m a^T) = ip a b *: (b *m a^T).
  rewrite mulmxA -(mulmxA b) [b^T *m a]mx11_scalar mul_mx_scalar -scalemxAl.
  by congr (_ *: _); rewrite -trace_mx11 mxtrace_mulC.
by rewrite linearZ expr2; congr (_ * _); apply: ipC.
Qed.
End TwoTransforms.
