(** * Lemma S3.1: the gradients with products of Kronecker, as printed and as they are *)
From mathcomp Require Import all_ssreflect all_algebra.
From Butterfly Require Import Compatibility Definitions InnerProduct.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section Gradients.
Variable R : realFieldType.

Lemma placeK m n (i : 'I_m) (j : 'I_n) : place (mxvec_index i j) = (i, j).
Proof. by rewrite /place cast_ordK enum_rankK. Qed.

Theorem kronecker_entry m n p q (A : 'M[R]_(m, n)) (B : 'M[R]_(p, q)) i i' j j' :
  kronecker A B (mxvec_index i i') (mxvec_index j j') = A i j * B i' j'.
Proof. by rewrite mxE !placeK. Qed.

Lemma trmx_kronecker m n p q (A : 'M[R]_(m, n)) (B : 'M[R]_(p, q)) :
  (kronecker A B)^T = kronecker A^T B^T.
Proof. by apply/matrixP => a b; rewrite !mxE. Qed.

(** vec(M)^T (A x B) = vec(A^T M B)^T, where vec lists rows. *)
Lemma mxvec_kronecker m n p q (A : 'M[R]_(m, n)) (B : 'M[R]_(p, q)) (M : 'M[R]_(m, p)) :
  mxvec M *m kronecker A B = mxvec (A^T *m M *m B).
Proof.
apply/rowP => b; case/mxvec_indexP: b => j j'; rewrite mxvecE !mxE.
rewrite (reindex _ (curry_mxvec_bij _ _)) /=.
transitivity (\sum_i \sum_i' M i i' * (A i j * B i' j')).
  by rewrite pair_bigA /=; apply: eq_bigr => -[i i'] _ /=; rewrite mxvecE kronecker_entry.
rewrite exchange_big; apply: eq_bigr => i' _ /=; rewrite mxE big_distrl /=.
by apply: eq_bigr => i _; rewrite mxE mulrCA mulrA.
Qed.

Section Network.
Variables (m k l n d : nat) (B : 'M[R]_(l, n)) (X : 'M[R]_(n, d)) (Y : 'M[R]_(m, d)).
Variables (D : 'M[R]_(m, k)) (E : 'M[R]_(k, l)).
Local Notation residual := (D *m E *m B *m X - Y).

(** (1) is half of the gradient of L in vec(D^T); r = (Ybar - Y)^T, so vec(r)^T lists the rows of
    Ybar - Y. *)
Theorem gradient_D_by_kronecker : mxvec (gradient_D B X Y D E) =
  2 *: (mxvec residual *m kronecker 1%:M (E *m (B *m X))^T).
Proof. by rewrite mxvec_kronecker trmx1 mul1mx mulmxA -linearZ. Qed.

(** (2) with X~^T in the place of X~: half of the gradient of L in vec(E^T). *)
Theorem gradient_E_by_kronecker : mxvec (gradient_E B X Y D E) =
  2 *: (mxvec residual *m kronecker D (B *m X)^T).
Proof. by rewrite mxvec_kronecker -linearZ. Qed.
End Network.

(** ** (2) as printed

    vec(r)^T has m d entries and (D x X~)^T has k d rows: the product is defined for m = k only.
    There, at m = k = 2 and l = n = d = 1, it is no multiple of the gradient. *)
Theorem printed_gradient_E_fails :
  (forall m k d, (0 < d)%N -> (m * d = k * d)%N -> m = k) /\
  exists (B X : 'M[R]_1) (Y : 'M_(2, 1)) (D : 'M_(2, 2)) (E : 'M_(2, 1)),
    forall c : R, mxvec (gradient_E B X Y D E) !=
      c *: (mxvec (D *m E *m B *m X - Y) *m (kronecker D (B *m X))^T).
Proof.
split=> [m k d d0 /eqP|]; first by rewrite eqn_mul2r eqn0Ngt d0 => /eqP.
pose Y : 'M[R]_(2, 1) := - delta_mx 0 0; pose D : 'M[R]_2 := delta_mx 0 1.
exists 1%:M, 1%:M, Y, D, 0 => c; rewrite !mulmx1.
rewrite trmx_kronecker mxvec_kronecker -linearZ /= (can_eq mxvecK).
rewrite /gradient_E !(mulmx0, mul0mx) !sub0r opprK !mulmx1 !trmx1 !mulmx1.
rewrite trmxK /D trmx_delta mul_delta_mx mul_delta_mx_0 // scaler0.
rewrite scaler_eq0 pnatr_eq0 /=; apply/eqP => /matrixP/(_ 1 0); rewrite !mxE /= => /eqP.
by rewrite oner_eq0.
Qed.
End Gradients.
