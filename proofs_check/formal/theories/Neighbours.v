(** * False neighbours of the theorems, each refuted at its smallest witness

    A theorem that is true for a trivial reason has true neighbours. These are false. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Reconstruction DenseLayer.
From Butterfly Require Import Descent LocalMinima WeightBound SpuriousGain.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section Fields.
Variable R : realFieldType.

Local Notation one := (1%:M : 'M[R]_1).
Local Notation zero := (0 : 'M[R]_1).

Lemma sq_one n : sq (1%:M : 'M[R]_n) = n%:R.
Proof. by rewrite /sq /ip trmx1 mul1mx mxtrace1. Qed.

(** c - 1 in place of c - 2: n = k = 1, J = x = 1. *)
Theorem not_reconstruction_identity :
  ~ forall n k (J : 'M[R]_(k, n)) (c : R) (x : 'cV_n), J *m J^T = c%:M ->
    sq (x - J^T *m J *m x) = sq x + (c - 1) * sq (J *m x).
Proof.
move=> /(_ 1%N 1%N 1%:M 1 1%:M); rewrite trmx1 !mul1mx => /(_ erefl).
rewrite subrr sq_one /sq ip0l subrr mul0r addr0 => /eqP.
by rewrite eq_sym oner_eq0.
Qed.

(** No term of second order: all sizes 1, all entries 1. *)
Theorem not_gradient_D_derivative :
  ~ forall m k l n d (B : 'M[R]_(l, n)) (X : 'M_(n, d)) (Y : 'M_(m, d)) (D : 'M_(m, k))
      (E : 'M_(k, l)) (A : 'M_(m, k)) (t : R),
    loss B X Y (D + t *: A) E = loss B X Y D E + t * <[gradient_D B X Y D E, A]>.
Proof.
move=> /(_ 1%N 1%N 1%N 1%N 1%N 1%:M 1%:M 1%:M 1%:M 1%:M 1%:M 1).
rewrite gradient_D_derivative !mulmx1 sq_one => /eqP.
by rewrite -subr_eq0 [X in X == _]addrC addKr expr1n mul1r oner_eq0.
Qed.

Theorem not_gradient_E_derivative :
  ~ forall m k l n d (B : 'M[R]_(l, n)) (X : 'M_(n, d)) (Y : 'M_(m, d)) (D : 'M_(m, k))
      (E F : 'M_(k, l)) (t : R),
    loss B X Y D (E + t *: F) = loss B X Y D E + t * <[gradient_E B X Y D E, F]>.
Proof.
move=> /(_ 1%N 1%N 1%N 1%N 1%N 1%:M 1%:M 1%:M 1%:M 1%:M 1%:M 1).
rewrite gradient_E_derivative !mulmx1 sq_one => /eqP.
by rewrite -subr_eq0 [X in X == _]addrC addKr expr1n mul1r oner_eq0.
Qed.

(** t in place of t^2: all sizes 1, D = E = 0, all else 1, t = 2. *)
Theorem not_descent_identity :
  ~ forall m k l n d (B : 'M[R]_(l, n)) (X : 'M_(n, d)) (Y : 'M_(m, d)) (D : 'M_(m, k))
      (E : 'M_(k, l)) (Z : 'M_(m, l)) (v : 'cV_m) (w : 'cV_k) (s t : R),
    solves B X Y Z -> gradient_D B X Y D E = 0 -> D^T *m v = 0 -> D *m w = 0 ->
    loss B X Y (D + s *: (v *m w^T)) (E + t *: (w *m (Z^T *m v)^T)) - loss B X Y D E =
    - 2 * s * t * sq w * <[v, signal_by B X Z *m v]>
    + s ^+ 2 * sq v *
      (sq ((B *m X)^T *m E^T *m w) + t * sq w ^+ 2 * <[v, signal_by B X Z *m v]>).
Proof.
move=> bad.
have Z1 : solves one one one one by rewrite /solves !(mulmx1, trmx1).
have G0 : gradient_D one one one zero zero = 0.
  by rewrite /gradient_D !mul0mx trmx0 mulmx0 scaler0.
have D0 : zero^T *m one = 0 by rewrite trmx0 mul0mx.
have D1 : zero *m one = 0 by rewrite mul0mx.
have := bad _ _ _ _ _ _ _ _ _ _ _ _ _ 1 2 Z1 G0 D0 D1.
rewrite (descent_identity 1 2 Z1 G0 D0 D1) signal_form !(mulmx1, trmx1) !sq_one.
move/eqP; rewrite -subr_eq0 (_ : _ - _ = 2); last by rewrite trmx0 mulmx0 /sq ip0l; ring.
by rewrite pnatr_eq0.
Qed.

(** A critical point in place of a local minimum: all sizes 1, D = E = 0, all else 1. *)
Theorem not_local_min_global :
  ~ forall m k l n d (B : 'M[R]_(l, n)) (X : 'M_(n, d)) (Y : 'M_(m, d)) (D : 'M_(m, k))
      (E : 'M_(k, l)),
    gradient_D B X Y D E = 0 -> gradient_E B X Y D E = 0 ->
    forall (D' : 'M_(m, k)) (E' : 'M_(k, l)), loss B X Y D E <= loss B X Y D' E'.
Proof.
move=> /(_ 1%N 1%N 1%N 1%N 1%N 1%:M 1%:M 1%:M 0 0).
rewrite /gradient_D /gradient_E !mul0mx !trmx0 !mulmx0 !mul0mx !scaler0.
move=> /(_ erefl erefl 1%:M 1%:M); rewrite /loss !mulmx1 !mul0mx sub0r sqN subrr sq_one.
by rewrite /sq ip0l lern0.
Qed.

(** eps in place of eps^2: m = 2, all other sizes 1, D = e1, E = 0, Y = a = e2, eps = 2. *)
Theorem not_rotation_identity :
  ~ forall m k l n d (B : 'M[R]_(l, n)) (X : 'M_(n, d)) (Y : 'M_(m, d)) (D : 'M_(m, k))
      (E : 'M_(k, l)) (Z : 'M_(m, l)) (a : 'cV_m) (beta : 'cV_k) (eps : R),
    solves B X Y Z -> gradient_D B X Y D E = 0 -> gradient_E B X Y D E = 0 ->
    D^T *m a = 0 -> sq (D *m beta) != 0 ->
    let b := D *m beta in let p := sq b in let p' := p + eps ^+ 2 * sq a in
    loss B X Y (D + eps *: (a *m (p^-1 *: (D^T *m b))^T))
      (E + ((eps / p') *: (beta *m a^T *m Z)
            + (- (eps ^+ 2 * sq a / (p * p'))) *: (beta *m b^T *m Z))) - loss B X Y D E =
    - (eps / (p * p')) *
      (p * <[a, signal_by B X Z *m a]> - sq a * <[b, signal_by B X Z *m b]>).
Proof.
move=> bad.
pose e1 : 'cV[R]_2 := delta_mx 0 0; pose e2 : 'cV[R]_2 := delta_mx 1 0.
have ee : e1^T *m e2 = 0 by rewrite trmx_delta mul_delta_mx_0.
have sq1 : sq e1 = 1 by rewrite /sq ipE !big_ord_recl !big_ord0 !mxE /=; ring.
have sq2 : sq e2 = 1 by rewrite /sq ipE !big_ord_recl !big_ord0 !mxE /=; ring.
have Z2 : solves one one e2 e2 by rewrite /solves !(mulmx1, trmx1).
have GD : gradient_D one one e2 e1 zero = 0.
  by rewrite /gradient_D !mul0mx trmx0 mulmx0 scaler0.
have GE : gradient_E one one e2 e1 zero = 0.
  by rewrite /gradient_E mulmx0 !mul0mx sub0r mulmxN ee oppr0 mul0mx scaler0.
have p0 : sq (e1 *m one) != 0 by rewrite mulmx1 sq1 oner_eq0.
have := bad _ _ _ _ _ _ _ _ _ _ _ _ _ 2 Z2 GD GE ee p0.
rewrite /= (rotation_identity 2 Z2 GD GE ee p0) /= !signal_form !mulmx1 sq1 sq2.
have -> : sq (e2^T *m e2) = 1.
  by rewrite vTv sq2 sq_one.
have -> : sq (e1^T *m e2) = 0 by rewrite ee /sq ip0l.
move/eqP; rewrite -subr_eq0 (_ : _ - _ = - (2 / 5)); last by field.
by rewrite oppr_eq0 mulf_eq0 invr_eq0 !pnatr_eq0.
Qed.

(** 5 x^2 in place of 6 x^2: x = 1, y = 0. *)
Theorem not_gain_of_siblings :
  ~ forall x y : R, gain (example R) (example R) (siblings x y) =
    (36 * x ^+ 2 * y ^+ 2 + 5 * x ^+ 2 + 20 * y ^+ 2 + 34) /
    (4 * x ^+ 2 * y ^+ 2 + x ^+ 2 + 4 * y ^+ 2 + 5).
Proof.
move=> /(_ 1 0); rewrite gain_of_siblings => /eqP.
rewrite -subr_eq0 (_ : _ - _ = 1 / 6); last by field.
by rewrite mul1r invr_eq0 pnatr_eq0.
Qed.

(** Without the condition 11 x^2 < 9: x = y = 1. *)
Theorem not_spurious_strict_maximum :
  ~ forall x y : R, (x, y) != (0, 0) ->
    gain (example R) (example R) (siblings x y) < gain (example R) (example R) (siblings 0 0).
Proof.
move=> /(_ 1 1); rewrite xpair_eqE oner_eq0 => /(_ isT); rewrite !gain_of_siblings -subr_gt0.
rewrite (_ : _ - _ = - (2 / 35)); last by field.
by rewrite oppr_gt0 ltNge divr_ge0 ?ler0n.
Qed.

(** At most 8 in place of less than 9: x = y = 3. *)
Theorem not_spurious_not_global :
  ~ forall x y : R, gain (example R) (example R) (siblings x y) <= 8.
Proof.
move=> /(_ 3 3); rewrite gain_of_siblings -subr_ge0.
rewrite (_ : _ - _ = - (96 / 187)); last by field.
by rewrite oppr_ge0 leNgt divr_gt0 ?ltr0n.
Qed.

(** A loss of 21/5 without the condition 11 x^2 < 9: x = y = 3. *)
Theorem not_spurious_losses :
  ~ forall (x y : R) (D : 'M[R]_(4, 2)) (E : 'M[R]_(2, 2)),
    21 / 5 <= loss (siblings x y) (example R) (example R) D E.
Proof.
have [_ [_ [[D [E low]] _]]] := spurious_losses R.
by move=> /(_ 3 3 D E); rewrite leNgt low.
Qed.

(** Less than the gain is never lost: all sizes and entries 1. *)
Theorem not_strictly_above_the_gain :
  ~ forall m k l n d (W : 'M[R]_(l, n)) (X : 'M_(n, d)) (Y : 'M_(m, d)) (D : 'M_(m, k))
      (E : 'M_(k, l)), W *m X *m (W *m X)^T \in unitmx -> sq Y - gain X Y W < loss W X Y D E.
Proof.
have unit : (1%:M : 'M[R]_1) *m 1%:M *m (1%:M *m 1%:M)^T \in unitmx.
  by rewrite !(mulmx1, trmx1) unitmx1.
move=> bad; have [D [E h]] := gain_is_attained (1%:M : 'M[R]_1) unit.
by have := bad _ _ _ _ _ _ _ one D E unit; rewrite h ltxx.
Qed.
End Fields.

Section RealClosedFields.
Variable R : rcfType.

(** (-1)^(i j) in place of (-1)^<i, j>: n = 4, i = j = 2. *)
Theorem not_hadamard_entry :
  ~ forall p (i j : 'I_(dim p)), hadamard R p i j = (-1) ^+ (i * j).
Proof.
pose two : 'I_(dim 2) := Ordinal (isT : (2 < dim 2)%N).
move=> /(_ 2%N two two); rewrite hadamard_entry /= => /eqP.
rewrite -signr_odd -[_ ^+ (2 * 2)]signr_odd /= expr1 expr0.
by rewrite -subr_eq0 -opprD oppr_eq0 (eqr_nat R 2 0).
Qed.

(** k <= n in place of 2 k <= n: n = k = 1, error 0. *)
Theorem not_reconstruction_fails :
  ~ forall p k (kept : 'I_k -> 'I_(dim p)) (d : 'rV[R]_(dim p)) (x : 'cV_(dim p)) (eps : R),
    injective kept -> (forall i, d ord0 i ^+ 2 = 1) -> (0 < k)%N ->
    (k <= 2 ^ p)%N -> sq x = 1 -> 0 <= eps < 1 ->
    ~ sq (x - (srht kept d)^T *m srht kept d *m x) <= eps ^+ 2.
Proof.
have J1 : @srht R 0 1 id (const_mx 1) = 1%:M.
  rewrite /srht sqrtr1 invr1 scale1r /= mul1mx; apply/matrixP => i j.
  by rewrite !mxE !ord1.
move=> /(_ 0%N 1%N id (const_mx 1) 1%:M 0 (@inj_id _)); rewrite J1 trmx1 !mul1mx subrr.
rewrite (sq_one R 1) /sq ip0l expr0n lexx ltr01 => bad.
by apply: bad => // i; rewrite mxE expr1n.
Qed.

(** The error 5 in all draws: the first two that differ have the error 1. *)
Theorem not_two_by_two_law : ~ forall w1 w2, replacement_error R w1 w2 = 5.
Proof.
move=> /(_ (false, (false, false)) (true, (false, false))); rewrite error_by_parity => /eqP.
by rewrite (eqr_nat R 1 5).
Qed.

(** eps <= 1 in place of eps < 1: two draws with the error 1. *)
Theorem not_two_by_two_fails :
  ~ forall w1 w2 (eps : R), 0 <= eps <= 1 -> ~ replacement_error R w1 w2 <= eps ^+ 2.
Proof.
move=> /(_ (false, (false, false)) (true, (false, false)) 1); rewrite ler01 lexx error_by_parity.
by rewrite expr1n lexx => /(_ isT); apply.
Qed.
End RealClosedFields.

(** n in place of 6 n: n = 4, l = 1, six weights. *)
Theorem not_weight_bound :
  ~ forall p (s T : seq nat),
    perm_eq s (iota 0 p) -> uniq T -> all (fun b => b < 2 ^ p)%N T -> (0 < size T)%N ->
    (2 ^ weights s T <= size T ^ (2 * 2 ^ p) * 2 ^ (1 * 2 ^ p))%N.
Proof. by move=> /(_ 2%N [:: 0%N; 1%N] [:: 0%N] isT isT isT isT). Qed.

(** One weight for each node in place of two: n = 2, l = 1. *)
Theorem not_weights_le :
  ~ forall p c (s T : seq nat),
    all (fun i => i < p)%N s -> uniq T -> all (fun b => b < 2 ^ p)%N T -> (size T <= c)%N ->
    (weights s T <= \sum_(i < size s) minn (2 ^ i * c) (2 ^ p))%N.
Proof.
move=> /(_ 1%N 1%N [:: 0%N] [:: 0%N] isT isT isT isT).
by rewrite /= big_ord_recl big_ord0.
Qed.
