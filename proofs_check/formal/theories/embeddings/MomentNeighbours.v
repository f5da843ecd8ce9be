(** * False neighbours of the theorems on means over draws, each refuted at its smallest witness *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Reconstruction.
From Butterfly Require Import Draws Moments Replacement TwoSides Cosets TailRate.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section Smallest.
Variable R : rcfType.

Lemma gram_one (t : draw_of 0) : t \in all_draws 0 1%N -> gram R t = 1%:M.
Proof. by move=> tD; apply/matrixP => i j; rewrite !ord1 (@gram_diagonal R 0 1 isT _ _ tD) mxE. Qed.

(** Half the bound: n = k = 1, where both draws succeed. *)
Theorem not_output_side_fails :
  ~ forall p k k1 n1 (W : 'M[R]_(dim p, n1)) (J1 : draw_of p -> 'M[R]_(k1, n1)) (x : 'cV[R]_n1)
      (eps : R),
    (0 < k <= dim p)%N -> W *m x != 0 -> 0 <= eps < 1 ->
    chance R (all_draws p k) (fun t => sq (replaced (J1 t) (transform R t) W *m x - W *m x)
                                   <= eps ^+ 2 * sq (W *m x))
      <= k%:R / (2 * (1 - eps ^+ 2) * (dim p)%:R).
Proof.
move=> /(_ 0%N 1%N 1%N 1%N 1%:M (fun=> 1%:M) 1%:M 0 isT).
rewrite !mulmx1 oner_eq0 lexx ltr01 => /(_ isT isT).
rewrite chance_mean (eq_mean (g := fun=> 1)) => [|t tD]; last first.
  rewrite /replaced trmx1 !mulmx1 -/(gram R t) gram_one // subrr /sq ip0l.
  by rewrite expr0n mul0r lexx.
rewrite mean_const; last exact: (draws_gt0 (p := 0) (k := 1) isT).
rewrite expr0n subr0 !mulr1 ler_pdivlMr ?ltr0n // mul1r.
by rewrite (ler_nat R 2 1).
Qed.

(** 1/k in place of sigma^2: n = k = 2, where A = I. *)
Theorem not_mean_entry_squared :
  ~ forall p k (i j : 'I_(dim p)), (0 < k <= dim p)%N -> i != j ->
    mean (all_draws p k) (fun t => gram R t i j ^+ 2) = k%:R^-1.
Proof.
pose i : 'I_(dim 1) := ord0; pose j : 'I_(dim 1) := ord_max.
move=> /(_ 1%N 2%N i j isT isT); rewrite mean_entry_squared // /sigma2 subnn mul0r => /eqP.
by rewrite eq_sym invr_eq0 pnatr_eq0.
Qed.

(** Without the diagonal term: W = I, n = 2, k = 1 and x = (1, 1). *)
Theorem not_one_sided_law :
  ~ forall p k m (W : 'M[R]_(m, dim p)) (x : 'cV[R]_(dim p)), (0 < k <= dim p)%N ->
    mean (all_draws p k) (fun t => sq (W *m (gram R t *m x) - W *m x)) =
    sigma2 R (dim p) k * (sq W * sq x + sq (W *m x)).
Proof.
move=> /(_ 1%N 1%N _ 1%:M (const_mx 1) isT); rewrite one_sided_law // squares_of_columns.
have s1 : sigma2 R (dim 1) 1 = 1 by rewrite /sigma2 /= divr1.
have x2 : sq (const_mx 1 : 'cV[R]_(dim 1)) = 2.
  by rewrite /sq ipE !big_ord_recl !big_ord0 !mxE /=; ring.
rewrite s1 x2 !mul1r; move: (sq _ * 2 + sq _) => q /eqP; rewrite -subr_eq0 addrAC subrr.
rewrite sub0r oppr_eq0.
by rewrite -natrM pnatr_eq0.
Qed.

(** Without the factor n2/k2: W = I, n1 = n2 = 2, k1 = k2 = 1 and x = (1, 1). *)
Theorem not_two_sided_law :
  ~ forall p1 k1 p2 k2 (W : 'M[R]_(dim p2, dim p1)) (x : 'cV[R]_(dim p1)),
    (0 < k1 <= dim p1)%N -> (0 < k2 <= dim p2)%N ->
    mean (setX (all_draws p1 k1) (all_draws p2 k2))
      (fun t => sq (replaced (transform R t.1) (transform R t.2) W *m x - W *m x)) =
    ((dim p2)%:R / k2%:R - 1) * sq (W *m x) +
      mean (all_draws p1 k1) (fun t => sq (W *m (gram R t *m x) - W *m x)).
Proof.
move=> /(_ 1%N 1%N 1%N 1%N 1%:M (const_mx 1) isT isT).
rewrite two_sided_law // one_sided_law // squares_of_columns mul1mx.
have s1 : sigma2 R (dim 1) 1 = 1 by rewrite /sigma2 /= divr1.
have x2 : sq (const_mx 1 : 'cV[R]_(dim 1)) = 2.
  by rewrite /sq ipE !big_ord_recl !big_ord0 !mxE /=; ring.
have I2 : sq (1%:M : 'M[R]_(dim 1)) = 2 by rewrite /sq /ip trmx1 mulmx1 mxtrace1.
rewrite s1 x2 I2 divr1 => /eqP; rewrite -subr_eq0 [X in X == 0](_ : _ = 2) ?pnatr_eq0 //.
by rewrite /=; ring.
Qed.

(** The second moment in place of the variance: all sizes and entries 1. *)
Theorem not_bilinear_law :
  ~ forall p1 k1 p2 k2 (W : 'M[R]_(dim p2, dim p1)) (x : 'cV[R]_(dim p1)) (u : 'cV[R]_(dim p2)),
    (0 < k1 <= dim p1)%N -> (0 < k2 <= dim p2)%N ->
    variance (setX (all_draws p1 k1) (all_draws p2 k2))
      (fun t => ip u (replaced (transform R t.1) (transform R t.2) W *m x)) =
    \tr (moment k2 u *m W *m moment k1 x *m W^T).
Proof.
move=> /(_ 0%N 1%N 0%N 1%N 1%:M 1%:M 1%:M isT isT).
have [_ ->] := @bilinear_law R 0 1 0 1 isT isT 1%:M 1%:M 1%:M.
move/eqP; rewrite -subr_eq0 addrAC subrr sub0r oppr_eq0 expf_eq0 /=.
by rewrite mulmx1 /ip trmx1 mulmx1 mxtrace1 oner_eq0.
Qed.

(** n/k in the place of 1: n = 2, k = 1 and x = (1, 1). *)
Theorem not_mean_length :
  ~ forall p k (x : 'cV[R]_(dim p)), (0 < k <= dim p)%N ->
    mean (all_draws p k) (fun t => sq (transform R t *m x)) = (dim p)%:R / k%:R * sq x.
Proof.
move=> /(_ 1%N 1%N (const_mx 1) isT); rewrite mean_length // divr1.
have -> : sq (const_mx 1 : 'cV[R]_(dim 1)) = 2.
  by rewrite /sq ipE !big_ord_recl !big_ord0 !mxE /=; ring.
by move/eqP; rewrite -natrM eqr_nat.
Qed.

(** Without the term of the fourth powers: n = 2, k = 1 and x = (1, 1). *)
Theorem not_variance_length :
  ~ forall p k (x : 'cV[R]_(dim p)), (0 < k <= dim p)%N ->
    variance (all_draws p k) (fun t => sq (transform R t *m x)) =
    2 * sigma2 R (dim p) k * sq x ^+ 2.
Proof.
move=> /(_ 1%N 1%N (const_mx 1) isT); rewrite variance_length //.
have s1 : sigma2 R (dim 1) 1 = 1 by rewrite /sigma2 /= divr1.
have x4 : \sum_a (const_mx 1 : 'cV[R]_(dim 1)) a ord0 ^+ 4 = 2.
  by rewrite !big_ord_recl big_ord0 !mxE /=; ring.
rewrite s1 x4; move: (sq _ ^+ 2) => q /eqP; rewrite -subr_eq0.
rewrite [X in X == 0](_ : _ = - 4%:R) ?oppr_eq0 ?pnatr_eq0 //.
by ring.
Qed.

(** C(n, k) for C(n - n/s, k), as if no row mattered: n = s = k = 1, where J is 1 or -1. *)
Theorem not_coset_adversary :
  ~ forall p q k, (q <= p)%N -> (0 < k <= dim p)%N ->
    (2 * dim q)%:R / 2 ^+ dim q * 'C(dim p, k)%:R / 'C(dim p, k)%:R <=
    chance R (all_draws p k) (fun t => transform R t *m \col_(j < dim p) (j < dim q)%:R == 0).
Proof.
move=> /(_ 0%N 0%N 1%N isT isT).
rewrite chance_mean (eq_mean (g := fun=> 0)) => [|t tD]; last first.
  rewrite -sq_eq0 sq_transform gram_one // mul1mx -/(sq _) sq_eq0.
  suff /negbTE -> : \col_(j < dim 0) (j < dim 0)%:R != 0 :> 'cV[R]_(dim 0) by [].
  by apply/negP => /eqP/matrixP/(_ ord0 ord0)/eqP; rewrite !mxE oner_eq0.
rewrite mean_const; last exact: (draws_gt0 (p := 0) (k := 1) isT).
by rewrite bin1 muln1 expr1 !divr1 mulr1 divff ?pnatr_eq0 // ler10.
Qed.

(** Without q >= 2: s = k = 1 and n = 2, where no draw takes the first unit vector to zero. *)
Theorem not_subgroup_rate :
  ~ forall p q, (2 * 4 ^ q <= 2 ^ p)%N -> 2^-1 ^+ (5 * 2 ^ q) <=
    chance R (all_draws p (4 ^ q)%N)
      (fun t => transform R t *m \col_(j < dim p) (j < dim q)%:R == 0).
Proof.
move=> /(_ 1%N 0%N isT); rewrite expn0 chance_mean (eq_mean (g := fun=> 0)) => [|t tD]; last first.
  set x := \col_j _; have /negbTE -> // : transform R t *m x != 0.
  have e : x = delta_mx ord0 0 by apply/colP => j; rewrite !mxE eqxx andbT ltnS leqn0.
  apply/eqP => Jx; have : sq (transform R t *m x) = 0 by rewrite Jx /sq ip0l.
  rewrite sq_transform e -colE ipE (bigD1 ord0) //= [X in _ + X]big1 => [|i i0]; last first.
    by rewrite big_ord1 !mxE eqxx andbT (negbTE i0) mul0r.
  rewrite addr0 big_ord1 mxE [col _ _ _ _]mxE !eqxx mul1r (@gram_diagonal R 1 1 isT _ _ tD) => /eqP.
  by rewrite oner_eq0.
rewrite mean_const; last exact: (draws_gt0 (p := 1) (k := 1) isT).
by apply/negP; rewrite -ltNge exprn_gt0 // invr_gt0 ltr0n.
Qed.

(** r = 1 as well: with C = r = 1 the bound is 1, and no probability is larger. *)
Theorem not_tail_fails : (forall x : R, exists m, x < m%:R) ->
  ~ forall (eps C r : R) k0, 0 <= eps < 1 -> 0 < r <= 1 ->
    exists2 k, (k0 <= k)%N & forall p, (2 * k <= 2 ^ p)%N -> exists x : 'cV[R]_(dim p),
      C * r ^+ k < chance R (all_draws p k) (fun t => ~~ keeps_norm eps (transform R t) x).
Proof.
move=> _ /(_ 0 1 1 0%N); rewrite lexx ltr01 lexx => /(_ isT isT)[k _ /(_ (2 * k)%N)].
case; first by rewrite ltnW // ltn_expl.
move=> x; rewrite expr1n mulr1 ltNge => /negP[]; rewrite /chance.
set n1 := #|_|; set n2 := #|_|; have [->|n0] := eqVneq n2 0%N; first by rewrite invr0 mulr0 ler01.
rewrite ler_pdivrMr ?ltr0n ?lt0n // mul1r ler_nat subset_leq_card //.
by apply/subsetP => t; rewrite inE => /andP[].
Qed.
End Smallest.
