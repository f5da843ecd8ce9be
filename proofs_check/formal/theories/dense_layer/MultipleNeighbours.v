(** * False neighbours of the theorems on the best multiple: half of it, at n = k = 1 *)
From mathcomp Require Import all_ssreflect all_algebra.
From Butterfly Require Import Compatibility Definitions InnerProduct Reconstruction.
From Butterfly Require Import Draws Moments Replacement TwoSides BestMultiple MomentNeighbours.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section Smallest.
Variable R : rcfType.
Local Notation D := (all_draws 0 1%N).
Let one : 'M[R]_(dim 0) := 1%:M.

Lemma range_one : (0 < 1 <= dim 0)%N. Proof. by []. Qed.

Lemma sq_one : sq one = 1. Proof. by rewrite /sq /ip trmx1 mulmx1 mxtrace1. Qed.

Lemma exact_draws : mean (setX D D) (fun t =>
  sq (1 *: (replaced (transform R t.1) (transform R t.2) one *m one) - one *m one)) = 0.
Proof.
rewrite (eq_mean (g := fun=> 0)) ?mean_const // => [|[t u]].
  by rewrite cardsX muln_gt0 !(draws_gt0 range_one).
rewrite in_setX /= => /andP[tD uD].
have -> : replaced (transform R t) (transform R u) one *m one =
    gram R u *m (one *m (gram R t *m one)) by rewrite /replaced /gram -!mulmxA.
by rewrite !gram_one // scale1r /one !mulmx1 subrr /sq ip0l.
Qed.

Lemma half_lt : (1 - 2^-1 <= 0 :> R) = false.
Proof. by apply/negbTE; rewrite -ltNge subr_gt0 invf_lt1 ?ltr0n // (ltr_nat R 1 2). Qed.

Theorem not_best_multiple :
  ~ forall p1 k1 p2 k2 (W : 'M[R]_(dim p2, dim p1)) (x : 'cV[R]_(dim p1)),
    (0 < k1 <= dim p1)%N -> (0 < k2 <= dim p2)%N -> W *m x != 0 ->
    let z := sq (W *m x) in
    let V1 := mean (all_draws p1 k1) (fun t => sq (W *m (gram R t *m x) - W *m x)) in
    let best := k2%:R / (2 * (dim p2)%:R) * (z / (z + V1)) in
    forall c, (1 - best) * z <= mean (setX (all_draws p1 k1) (all_draws p2 k2)) (fun t =>
      sq (c *: (replaced (transform R t.1) (transform R t.2) W *m x) - W *m x)).
Proof.
have one0 : one *m one != 0 by rewrite /one mulmx1 -/one -sq_eq0 sq_one oner_eq0.
move=> /(_ 0%N 1%N 0%N 1%N one one isT isT one0 1); rewrite exact_draws.
rewrite (eq_mean (g := fun=> 0)) => [|t tD]; last first.
  by rewrite gram_one // /one !mulmx1 subrr /sq ip0l.
rewrite mean_const ?(draws_gt0 range_one) //.
by rewrite /one !mulmx1 -/one sq_one addr0 !divr1 !mulr1 mul1r half_lt.
Qed.

Theorem not_best_multiple_of_identity :
  ~ forall p k1 k2 (x : 'cV[R]_(dim p)), (0 < k1 <= dim p)%N -> (0 < k2 <= dim p)%N -> x != 0 ->
    let best := (k1 * k2)%:R / (2 * dim p ^ 2)%:R in
    forall c, (1 - best) * sq x <= mean (setX (all_draws p k1) (all_draws p k2)) (fun t =>
      sq (c *: (replaced (transform R t.1) (transform R t.2) 1%:M *m x) - x)).
Proof.
move=> /(_ 0%N 1%N 1%N one isT isT); rewrite -sq_eq0 sq_one oner_eq0 => /(_ isT 1).
rewrite (eq_mean (g := fun t : draw_of 0 * draw_of 0 => sq (1 *: (replaced (transform R t.1)
  (transform R t.2) one *m one) - one *m one))) => [|t _]; last first.
  by rewrite [one *m one]mulmx1.
by rewrite exact_draws mulr1 mul1r muln1 half_lt.
Qed.

Theorem not_best_multiple_of_draw :
  ~ forall p k (t : draw_of p) (x : 'cV[R]_(dim p)), (0 < k <= dim p)%N -> t \in all_draws p k ->
    forall c, sq x - k%:R / (2 * (dim p)%:R) * sq (transform R t *m x) <=
      sq (c *: (gram R t *m x) - x).
Proof.
have [t tD] : exists t, t \in D by apply/card_gt0P; apply: (draws_gt0 range_one).
move=> /(_ 0%N 1%N t one isT tD 1).
rewrite sq_transform gram_one // !mulmx1 -/(sq one) sq_one scale1r subrr /sq ip0l.
by rewrite !mulr1 mul1r half_lt.
Qed.
End Smallest.
