(** * False neighbours of the theorems on the rank of a replacement *)
From mathcomp Require Import all_ssreflect all_algebra.
From Butterfly Require Import Compatibility Definitions InnerProduct RankBarrier.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section Smallest.
Variable R : rcfType.

(** At n1 = n2 = k1 = k2 = 1 a replacement may be exact, and has the singular value 1. *)
Lemma exact_one : replaced 1%:M 1%:M 1%:M = 1%:M :> 'M[R]_1.
Proof. by rewrite /replaced trmx1 !mulmx1. Qed.

Lemma basis_one : eigenbasis (1%:M^T *m 1%:M : 'M[R]_1) 1%:M (const_mx 1).
Proof. by split; rewrite trmx1 ?mulmx1 // diag_const_mx mulmx1. Qed.

Lemma sorted_one (i j : 'I_1) :
  (i <= j)%N -> (const_mx 1 : 'rV[R]_1) 0 j <= (const_mx 1 : 'rV[R]_1) 0 i.
Proof. by rewrite !mxE. Qed.

(** The sum from sigma_r on: n = k = 1. *)
Theorem not_rank_barrier :
  ~ forall n1 n2 k1 k2 (J1 : 'M[R]_(k1, n1)) (J2 : 'M[R]_(k2, n2)) W (V : 'M[R]_n1) s,
    eigenbasis (W^T *m W) V s -> (forall i j : 'I_n1, (i <= j)%N -> s 0 j <= s 0 i) ->
    \sum_(i < n1 | (minn k1 k2 <= i.+1)%N) s 0 i <= sq (replaced J1 J2 W - W).
Proof.
move=> /(_ 1%N 1%N 1%N 1%N 1%:M 1%:M 1%:M _ _ basis_one sorted_one).
by rewrite exact_one subrr /sq ip0l big_mkcond big_ord1 mxE ler10.
Qed.

(** Divided by n2: n1 = 1, n2 = 2 and no rows, where W' = 0. *)
Theorem not_isotropic_mean :
  ~ forall n1 n2 k1 k2 (J1 : 'M[R]_(k1, n1)) (J2 : 'M[R]_(k2, n2)) (T : finType) (P : T -> R)
      (x : T -> 'cV[R]_n1) (W : 'M[R]_(n2, n1)),
    \sum_t P t *: (x t *m (x t)^T) = (n1%:R^-1)%:M ->
    \sum_t P t * sq (replaced J1 J2 W *m x t - W *m x t) = sq (replaced J1 J2 W - W) / n2%:R.
Proof.
move=> /(_ 1%N 2%N 0%N 0%N 0 0 [finType of 'I_1] (fun=> 1) (fun=> 1%:M) (const_mx 1)).
rewrite !big_ord1 trmx1 mulmx1 scale1r invr1 => /(_ erefl).
have -> : replaced (0 : 'M_(0, 1)) (0 : 'M_(0, 2)) (const_mx 1 : 'M[R]_(2, 1)) = 0.
  by rewrite /replaced trmx0 !mul0mx.
rewrite mul0mx !sub0r !sqN mulmx1 mul1r.
have -> : sq (const_mx 1 : 'M[R]_(2, 1)) = 2.
  by rewrite /sq ipE !big_ord_recl !big_ord0 !mxE !mulr1 !addr0.
by rewrite divff ?pnatr_eq0 // => /eqP; rewrite (eqr_nat R 2 1).
Qed.

(** The same sums: n = k = 1. *)
Theorem not_barrier_for_every_law :
  ~ forall n1 n2 k1 k2 (T : finType) (P : T -> R) (J1 : T -> 'M[R]_(k1, n1))
      (J2 : T -> 'M[R]_(k2, n2)) (W : 'M[R]_(n2, n1)) (V : 'M[R]_n1) s,
    (forall t, 0 <= P t) -> \sum_t P t = 1 -> (0 < n1)%N -> eigenbasis (W^T *m W) V s ->
    (forall i j : 'I_n1, (i <= j)%N -> s 0 j <= s 0 i) ->
    exists2 x : 'cV[R]_n1, sq x = 1 &
      (\sum_(i < n1 | (minn k1 k2 <= i.+1)%N) s 0 i) / n1%:R <=
      \sum_t P t * sq (replaced (J1 t) (J2 t) W *m x - W *m x).
Proof.
move=> /(_ 1%N 1%N 1%N 1%N [finType of 'I_1] (fun=> 1) (fun=> 1%:M) (fun=> 1%:M) 1%:M).
move=> /(_ _ _ (fun=> ler01) _ isT basis_one sorted_one); rewrite !big_ord1 => /(_ erefl)[x _].
by rewrite exact_one subrr /sq ip0l mulr0 big_mkcond big_ord1 mxE invr1 mulr1 ler10.
Qed.

(** 1 - (r - 1)/n in place of 1 - r/n: n = k = 1. *)
Theorem not_identity_barrier :
  ~ forall n1 k1 k2 (T : finType) (P : T -> R) (x : T -> 'cV[R]_n1)
      (J1 : 'M[R]_(k1, n1)) (J2 : 'M[R]_(k2, n1)),
    (0 < n1)%N -> \sum_t P t *: (x t *m (x t)^T) = (n1%:R^-1)%:M ->
    1 - (minn k1 k2).-1%:R / n1%:R <= \sum_t P t * sq (replaced J1 J2 1%:M *m x t - x t).
Proof.
move=> /(_ 1%N 1%N 1%N [finType of 'I_1] (fun=> 1) (fun=> 1%:M) 1%:M 1%:M isT).
rewrite !big_ord1 trmx1 mulmx1 scale1r invr1 => /(_ erefl).
by rewrite exact_one mulmx1 subrr /sq ip0l mulr0 mul0r subr0 ler10.
Qed.
End Smallest.
