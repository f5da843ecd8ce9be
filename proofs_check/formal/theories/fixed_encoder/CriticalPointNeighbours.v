(** * False neighbours of Lemma S3.1, Claim S3.1 and Claim S3.2, each at its smallest witness *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Gradients CriticalPoints.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section CriticalPointNeighbours.
Variable R : realFieldType.

Local Notation one := (1%:M : 'M[R]_1).
Local Notation two := (2%:M : 'M[R]_1).

Lemma scalar_inj (a b : R) : a%:M = b%:M :> 'M_1 -> a = b.
Proof. by move/matrixP/(_ 0 0); rewrite !mxE !mulr1n. Qed.

Lemma trivial_elimination (a b : R) : a != 0 ->
  @eliminated R 1 1 0 1 a%:M b%:M (a%:M : 'M_1) (b%:M : 'M_1).
Proof.
move=> a0; split; first by rewrite mxrank_unit // unitmxE det_scalar1 unitfE.
exists 1%:M; rewrite ?unitmx1 // invmx1 mul1mx mulmx1; split.
  apply/matrixP => i j; rewrite [RHS]mxE.
  by case: splitP => [j' jj|[]//]; rewrite !ord1 !mxE.
by apply/matrixP => i j; rewrite !ord1 !mxE.
Qed.

Lemma empty_elimination : @eliminated R 1 0 1 1 0 0 0 0.
Proof.
split; first by rewrite mxrank0.
by exists 1%:M; rewrite ?unitmx1 // invmx1 mul1mx mulmx1 linear0 row_mx0.
Qed.

(** ** Lemma S3.1 *)
(** Without the factor 2: all sizes 1, Y = 0, all else 1. *)
Theorem not_gradient_D_by_kronecker :
  ~ forall m k l n d (B : 'M[R]_(l, n)) (X : 'M_(n, d)) (Y : 'M_(m, d)) (D : 'M_(m, k))
      (E : 'M_(k, l)), mxvec (gradient_D B X Y D E) =
    mxvec (D *m E *m B *m X - Y) *m kronecker 1%:M (E *m (B *m X))^T.
Proof.
move=> /(_ 1%N 1%N 1%N 1%N 1%N one one 0 one one); rewrite gradient_D_by_kronecker.
rewrite mxvec_kronecker !(mulmx1, trmx1) subr0 -linearZ /= => /(can_inj mxvecK); rewrite !mulmx1.
by rewrite scalemx1 => /scalar_inj/eqP; rewrite (eqr_nat R 2 1).
Qed.

Theorem not_gradient_E_by_kronecker :
  ~ forall m k l n d (B : 'M[R]_(l, n)) (X : 'M_(n, d)) (Y : 'M_(m, d)) (D : 'M_(m, k))
      (E : 'M_(k, l)), mxvec (gradient_E B X Y D E) =
    mxvec (D *m E *m B *m X - Y) *m kronecker D (B *m X)^T.
Proof.
move=> /(_ 1%N 1%N 1%N 1%N 1%N one one 0 one one); rewrite gradient_E_by_kronecker.
rewrite mxvec_kronecker !(mulmx1, trmx1) subr0 -linearZ /= => /(can_inj mxvecK); rewrite !mulmx1.
by rewrite scalemx1 => /scalar_inj/eqP; rewrite (eqr_nat R 2 1).
Qed.

(** With X~^T in the place of X~ it is a multiple of the gradient. *)
Theorem not_printed_gradient_E_fails :
  ~ exists (B X : 'M[R]_1) (Y : 'M_(2, 1)) (D : 'M_(2, 2)) (E : 'M_(2, 1)),
    forall c : R, mxvec (gradient_E B X Y D E) !=
      c *: (mxvec (D *m E *m B *m X - Y) *m kronecker D (B *m X)^T).
Proof. by case=> B [X [Y [D [E /(_ 2)]]]]; rewrite gradient_E_by_kronecker eqxx. Qed.

(** ** Claim S3.1 *)
(** The gradient in D in the place of that in E: all sizes 1, E = 0, all else 1. *)
Theorem not_encoder_at_critical_point :
  ~ forall m r s l n d (B : 'M[R]_(l, n)) (X : 'M_(n, d)) (Y : 'M_(m, d)) (D : 'M_(m, r + s))
      (E : 'M_(r + s, l)) (Dt : 'M_(m, r)) (Et : 'M_(r, l)), eliminated D E Dt Et ->
    B *m X *m (B *m X)^T \in unitmx -> gradient_D B X Y D E = 0 ->
    Et = invmx (Dt^T *m Dt) *m Dt^T *m Y *m (B *m X)^T *m invmx (B *m X *m (B *m X)^T).
Proof.
move=> bad; have := bad _ _ _ _ _ _ one one one _ _ _ _ (trivial_elimination 0 (oner_neq0 R)).
rewrite !(mulmx1, trmx1) invmx1 !mulmx1 unitmx1 /gradient_D.
rewrite (_ : (0%:M : 'M_(1 + 0, 1)) = 0) ?(mul0mx, trmx0, mulmx0, scaler0); last first.
  by apply/matrixP => i j; rewrite !mxE mul0rn.
by move=> /(_ isT erefl)/matrixP/(_ 0 0)/eqP; rewrite !mxE eq_sym oner_eq0.
Qed.

(** No columns of zeros: all sizes 1, D = 0. *)
Theorem not_elimination_exists :
  ~ forall m k l (D : 'M[R]_(m, k)) (E : 'M_(k, l)),
    exists r (k_r : k = (r + 0)%N) (Dt : 'M_(m, r)) (Et : 'M_(r, l)),
      eliminated (castmx (erefl, k_r) D) (castmx (k_r, erefl) E) Dt Et.
Proof.
move=> /(_ 1%N 1%N 1%N 0 0)[r [k_r [Dt [Et [rank_r [C C_unit [DC _]]]]]]].
have Dt0 : Dt = 0.
  move: DC; rewrite (_ : castmx _ 0 = 0) ?mul0mx; last first.
    by apply/matrixP => i j; rewrite castmxE !mxE.
  by move/(congr1 lsubmx); rewrite row_mxKl linear0.
by have := k_r; rewrite -rank_r Dt0 mxrank0.
Qed.

(** P = I: m = s = 1, r = 0, D = 0. *)
Theorem not_projection_is_orthogonal :
  ~ forall m r s l (D : 'M[R]_(m, r + s)) (E : 'M_(r + s, l)) (Dt : 'M_(m, r)) (Et : 'M_(r, l)),
    eliminated D E Dt Et -> let P := projection Dt in [/\ P^T = P, P *m P = P & P = 1%:M].
Proof.
move=> /(_ _ _ _ _ _ _ _ _ empty_elimination)[_ _]; rewrite /projection !mul0mx.
by move=> /matrixP/(_ 0 0)/eqP; rewrite !mxE /= eq_sym oner_eq0.
Qed.

(** ** Claim S3.2 *)
(** Where E is not 0 the inverse exists: all sizes and entries 1. *)
Theorem not_encoder_without_inverse :
  ~ forall m r s l n d (B : 'M[R]_(l, n)) (X : 'M_(n, d)) (Y : 'M_(m, d)) (D : 'M_(m, r + s))
      (E : 'M_(r + s, l)) (Dt : 'M_(m, r)) (Et : 'M_(r, l)), eliminated D E Dt Et ->
    gradient_D B X Y D E = 0 -> gradient_E B X Y D E = 0 ->
    Et *m (B *m X) *m (B *m X)^T *m Et^T \notin unitmx.
Proof.
move=> bad; have := bad _ _ _ _ _ _ one one one _ _ _ _ (trivial_elimination 1 (oner_neq0 R)).
rewrite /gradient_D /gradient_E !(mulmx1, mul1mx) subrr !(mulmx0, mul0mx, scaler0).
by rewrite !(trmx1, mulmx1) unitmx1 => /(_ erefl erefl).
Qed.

(** Without the Gram matrix: all sizes 1, E = Y = 2, all else 1. *)
Theorem not_decoder_normal_equation :
  ~ forall m r s l n d (B : 'M[R]_(l, n)) (X : 'M_(n, d)) (Y : 'M_(m, d)) (D : 'M_(m, r + s))
      (E : 'M_(r + s, l)) (Dt : 'M_(m, r)) (Et : 'M_(r, l)), eliminated D E Dt Et ->
    gradient_D B X Y D E = 0 -> Dt = Y *m (B *m X)^T *m Et^T.
Proof.
move=> bad; have := bad _ _ _ _ _ _ one one two _ _ _ _ (trivial_elimination 2 (oner_neq0 R)).
rewrite /gradient_D !(mulmx1, mul1mx) subrr mul0mx scaler0 trmx1 mulmx1 tr_scalar_mx.
move=> /(_ erefl); rewrite -scalar_mxM => /scalar_inj/eqP.
by rewrite -natrM (eqr_nat R 1 4).
Qed.

(** P S = S, as if the columns of D spanned those of S: all sizes 1, D = E = 0, all else 1. *)
Theorem not_projection_commutes :
  ~ forall m r s l n d (B : 'M[R]_(l, n)) (X : 'M_(n, d)) (Y : 'M_(m, d)) (D : 'M_(m, r + s))
      (E : 'M_(r + s, l)) (Dt : 'M_(m, r)) (Et : 'M_(r, l)) (Z : 'M[R]_(m, l)),
    eliminated D E Dt Et -> solves B X Y Z ->
    gradient_D B X Y D E = 0 -> gradient_E B X Y D E = 0 ->
    projection Dt *m signal_by B X Z = signal_by B X Z.
Proof.
have Z1 : solves one one one one by rewrite /solves !(mulmx1, trmx1).
move=> /(_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ empty_elimination Z1); rewrite /gradient_D /gradient_E.
rewrite !(mul0mx, trmx0, mulmx0, scaler0) /projection !mul0mx /signal_by !(mulmx1, trmx1).
move=> /(_ erefl erefl)/matrixP/(_ 0 0)/eqP; rewrite !mxE /=.
by rewrite eq_sym oner_eq0.
Qed.
End CriticalPointNeighbours.
