(** * The replacement W' = J2^T J2 W J1^T J1: moments, and why Proposition 1 fails for every W *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Reconstruction.
From Butterfly Require Import Draws Moments.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section OneTransform.
Variables (R : rcfType) (p k : nat).
Hypothesis range : (0 < k <= dim p)%N.
Local Notation n := (dim p).
Local Notation D := (all_draws p k).

Lemma transform_rows (t : draw_of p) : t \in D ->
  transform R t *m (transform R t)^T = (n%:R / k%:R)%:M.
Proof.
rewrite inE => /eqP tk; have k0 : (0 < #|t.2|)%N by rewrite tk; case/andP: range.
rewrite /transform srht_rows //; first by rewrite tk.
  exact: enum_val_inj.
by move=> i; rewrite mxE sqrr_sign.
Qed.

Lemma sq_transform (t : draw_of p) (z : 'cV[R]_n) : sq (transform R t *m z) = ip z (gram R t *m z).
Proof. by rewrite /sq ip_mull mulmxA. Qed.

(** E |Jx|^2 = |x|^2 and Var |Jx|^2 = 2 sigma^2 (|x|^4 - |x|_4^4). *)
Theorem mean_length (x : 'cV[R]_n) : mean D (fun t => sq (transform R t *m x)) = sq x.
Proof.
rewrite (eq_mean (g := fun t => ip x (gram R t *m x))) ?mean_linear // => t _.
exact: sq_transform.
Qed.

Theorem variance_length (x : 'cV[R]_n) :
  variance D (fun t => sq (transform R t *m x)) =
  2 * sigma2 R n k * (sq x ^+ 2 - \sum_a x a ord0 ^+ 4).
Proof.
rewrite varianceE ?draws_gt0 // mean_length.
rewrite (eq_mean (g := fun t => \tr (x *m x^T *m (gram R t *m x *m (gram R t *m x)^T)))) => [|t _].
  have form := moment_form k x^T x; rewrite trmxK in form; rewrite mean_form // form vTv sq_tr.
  have -> : sq ((sq x)%:M : 'M_1) = sq x ^+ 2.
    by move: (sq x) => c; rewrite /sq ipE !big_ord1 mxE mulr1n expr2.
  rewrite (eq_bigr (fun a => x a ord0 ^+ 4)) => [|a _]; last first.
    rewrite /sq ipE !big_ord1 !mxE (_ : 0 = ord0); [ring | exact: val_inj].
  by move: (sigma2 _ _ _) (sq x) (\sum_a _) => v c d; ring.
rewrite sq_transform; move: (gram R t *m x) => y.
rewrite mulmxA -(mulmxA x) [x^T *m y]mx11_scalar mul_mx_scalar -scalemxAl linearZ /= expr2.
by congr (_ * _); rewrite -trace_mx11 mxtrace_mulC; exact: ipC.
Qed.

(** No vector J^T v is nearer to z than the length of J z allows. *)
Lemma distance_to_range (t : draw_of p) m (v : 'M[R]_(_, m)) (z : 'M[R]_(n, m)) : t \in D ->
  sq z - k%:R / n%:R * sq (transform R t *m z) <= sq ((transform R t)^T *m v - z).
Proof.
move=> tD; set J := transform R t; set c : R := n%:R / k%:R.
have k0 := k_neq0 R range.
have n0 : n%:R != 0 :> R by rewrite dimE natrX expf_neq0 // pnatr_eq0.
have c0 : c != 0 by rewrite mulf_neq0 // invr_neq0.
have -> : k%:R / n%:R = c^-1 by rewrite invf_div.
have JJ : sq (J^T *m v) = c * sq v.
  by rewrite {1}/sq ip_mull trmxK mulmxA transform_rows // mul_scalar_mx ipZr.
rewrite sqB JJ ip_mull trmxK -subr_ge0.
have -> : c * sq v - 2 * ip v (J *m z) + sq z - (sq z - c^-1 * sq (J *m z)) =
    c * sq (v - c^-1 *: (J *m z)).
  rewrite sqB sqZ ipZr; move: (sq v) (ip v _) (sq z) (sq (J *m z)) => a b d e.
  by field.
by rewrite mulr_ge0 ?sq_ge0 // divr_ge0 ?ler0n.
Qed.

(** Proposition 1 fails for every W: whatever J1 is, even if it is chosen after J2. *)
Theorem output_side_fails k1 n1 (W : 'M[R]_(n, n1)) (J1 : draw_of p -> 'M[R]_(k1, n1))
    (x : 'cV[R]_n1) (eps : R) :
  W *m x != 0 -> 0 <= eps < 1 ->
  chance R D (fun t => sq (replaced (J1 t) (transform R t) W *m x - W *m x)
                       <= eps ^+ 2 * sq (W *m x)) <= k%:R / ((1 - eps ^+ 2) * n%:R).
Proof.
move=> Wx0 /andP[e0 e1]; set z := W *m x.
have k0 := k_neq0 R range.
have n0 : n%:R != 0 :> R by rewrite dimE natrX expf_neq0 // pnatr_eq0.
have z0 : 0 < sq z by rewrite lt_def sq_eq0 Wx0 sq_ge0.
have e2 : 0 < 1 - eps ^+ 2 by rewrite subr_gt0 expr_lt1.
have c0 : 0 < n%:R / k%:R :> R by rewrite lt_def mulf_neq0 ?invr_neq0 // divr_ge0 ?ler0n.
pose level := n%:R / k%:R * ((1 - eps ^+ 2) * sq z).
have level0 : 0 < level by rewrite /level; apply: mulr_gt0 c0 (mulr_gt0 e2 z0).
apply: (@le_trans _ _ (chance R D (fun t => level <= sq (transform R t *m z)))).
  apply: chance_le => t tD; rewrite /replaced -!mulmxA => near.
  have far := distance_to_range (transform R t *m (W *m ((J1 t)^T *m (J1 t *m x)))) z tD.
  move: (le_trans far near); rewrite -/z /level => close.
  have close' : 0 <= n%:R / k%:R *
      (eps ^+ 2 * sq z - (sq z - k%:R / n%:R * sq (transform R t *m z))).
    by rewrite mulr_ge0 ?subr_ge0 // ltW.
  rewrite -subr_ge0; apply: (le_trans close'); rewrite le_eqVlt; apply/orP; left; apply/eqP.
  move: (sq z) (sq (transform R t *m z)) (eps ^+ 2) (n%:R) (k%:R) n0 k0 {close close' far near}.
  move=> y q' e n' k' *.
  by field; apply/andP.
apply: le_trans (markov _ level0) _ => [t _|]; first exact: sq_ge0.
rewrite mean_length /level; have e2' : 1 - eps ^+ 2 != 0 by rewrite gt_eqF.
have z0' : sq z != 0 by rewrite gt_eqF.
rewrite le_eqVlt; apply/orP; left; apply/eqP.
move: (sq z) (1 - eps ^+ 2) (n%:R) (k%:R) z0' e2' n0 k0 {e2 c0 level level0 z0}.
move=> y e n' k' y0 e0' n0 k0.
by field; rewrite y0 e0' n0 k0.
Qed.
End OneTransform.
