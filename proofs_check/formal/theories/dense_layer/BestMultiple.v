(** * The best multiple of the replacement: another scale helps, but not enough *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Reconstruction.
From Butterfly Require Import Draws Moments Replacement TwoSides.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

(** c^2 q - 2 c z + z with 0 < z <= q is least at c = z/q, where it is (1 - z/q) z. *)
Lemma best_scale (R : realFieldType) (q z c : R) : 0 < z <= q ->
  (1 - z / q) * z <= c ^+ 2 * q - 2 * c * z + z.
Proof.
case/andP=> z0 zq; have q0 : 0 < q := lt_le_trans z0 zq.
have q1 : q != 0 by rewrite gt_eqF.
rewrite -subr_ge0 [X in 0 <= X](_ : _ = q * (c - z / q) ^+ 2); last by field.
by rewrite mulr_ge0 ?sqr_ge0 // ltW.
Qed.

Section BestMultiple.
Variables (R : rcfType) (p1 k1 p2 k2 : nat).
Hypotheses (range1 : (0 < k1 <= dim p1)%N) (range2 : (0 < k2 <= dim p2)%N).
Local Notation n1 := (dim p1).
Local Notation n2 := (dim p2).
Local Notation D := (setX (all_draws p1 k1) (all_draws p2 k2)).
Variables (W : 'M[R]_(n2, n1)) (x : 'cV[R]_n1).
Hypothesis Wx0 : W *m x != 0.
Let W' (t : draw_of p1 * draw_of p2) := replaced (transform R t.1) (transform R t.2) W.
Let V1 := mean (all_draws p1 k1) (fun t => sq (W *m (gram R t *m x) - W *m x)).
Let z := sq (W *m x).
Let q := n2%:R / k2%:R * (z + V1).

Lemma draws_pairs_gt0 : (0 < #|D|)%N.
Proof. by rewrite cardsX muln_gt0 !draws_gt0. Qed.

Lemma scaled_error c t : sq (c *: (W' t *m x) - W *m x) =
  c ^+ 2 * sq (W' t *m x - W *m x) + (2 * c ^+ 2 - 2 * c) * ip (W *m x) (W' t *m x) +
  (1 - c ^+ 2) * z.
Proof.
rewrite !sqB sqZ ipZl /z (ipC (W *m x)).
by move: (sq _) (sq _) (ip _ _) => a b d; ring.
Qed.

Lemma mean_scaled_error c :
  mean D (fun t => sq (c *: (W' t *m x) - W *m x)) = c ^+ 2 * q - 2 * c * z + z.
Proof.
rewrite (eq_mean (fun t _ => scaled_error c t)) !meanD !meanZ mean_const ?draws_pairs_gt0 //.
have [-> _] := bilinear_law range1 range2 W x (W *m x).
rewrite two_sided_law // -/V1 -/z -/(sq (W *m x)) -/z /q.
by move: (n2%:R / k2%:R) V1 z => a v y; ring.
Qed.

Lemma z_q : 0 < z <= q.
Proof.
have z0 : 0 < z by rewrite lt_def sq_eq0 Wx0 sq_ge0.
have V0 : 0 <= V1 by apply: mean_ge0 => t _; apply: sq_ge0.
rewrite z0 /q -[X in X <= _]mul1r ler_pM ?ler01 ?(ltW z0) ?lerDl //.
case/andP: range2 => k0 kn.
by rewrite ler_pdivlMr ?ltr0n // mul1r ler_nat.
Qed.

(** E |c W'x - Wx|^2 is least at c* = (k2/n2) |Wx|^2 / (|Wx|^2 + V1), where it is (1 - c* ) |Wx|^2,
    and this is (1 - k2/n2) |Wx|^2 at least. *)
Theorem best_multiple : let best := k2%:R / n2%:R * (z / (z + V1)) in
  [/\ forall c, (1 - best) * z <= mean D (fun t => sq (c *: (W' t *m x) - W *m x)),
    mean D (fun t => sq (best *: (W' t *m x) - W *m x)) = (1 - best) * z &
    (1 - k2%:R / n2%:R) * z <= (1 - best) * z].
Proof.
have /andP[z0 zq] := z_q; have q0 := lt_le_trans z0 zq.
have V0 : 0 <= V1 by apply: mean_ge0 => t _; apply: sq_ge0.
have zV : 0 < z + V1 by rewrite ltr_wpDr.
have k0 : k2%:R != 0 :> R := k_neq0 R range2.
have n0 : n2%:R != 0 :> R by rewrite dimE natrX expf_neq0 // pnatr_eq0.
move=> best; have bE : best = z / q.
  by rewrite /best /q; move: (gt_eqF zV) k0 n0; move: (z + V1) => y /negbT y0 *; field; apply/and3P.
split=> [c||].
- by rewrite mean_scaled_error bE best_scale // z0.
- rewrite mean_scaled_error bE; have q1 : q != 0 by rewrite gt_eqF.
  by field.
rewrite ler_wpM2r ?(ltW z0) // lerD2l lerN2 /best -[X in _ <= X]mulr1 ler_wpM2l //.
  by rewrite divr_ge0 ?ler0n.
by rewrite ler_pdivrMr // mul1r lerDl.
Qed.
End BestMultiple.

Section Identity.
Variables (R : rcfType) (p k1 k2 : nat).
Hypotheses (range1 : (0 < k1 <= dim p)%N) (range2 : (0 < k2 <= dim p)%N).
Local Notation n := (dim p).

(** |x|^2 + V1 = (n/k1) |x|^2 for W = I. *)
Lemma identity_inner (x : 'cV[R]_n) :
  sq (1%:M *m x) + mean (all_draws p k1) (fun t => sq (1%:M *m (gram R t *m x) - 1%:M *m x)) =
  n%:R / k1%:R * sq x.
Proof.
rewrite addrC -(mean_inner range1 (1%:M : 'M[R]_n) x) -(mean_gram_square range1 x).
by apply: eq_mean => t _; rewrite mul1mx.
Qed.

Theorem best_multiple_of_identity (x : 'cV[R]_n) : x != 0 ->
  let best := (k1 * k2)%:R / (n ^ 2)%:R in
  (forall c, (1 - best) * sq x <=
    mean (setX (all_draws p k1) (all_draws p k2)) (fun t =>
      sq (c *: (replaced (transform R t.1) (transform R t.2) 1%:M *m x) - x))) /\
  mean (setX (all_draws p k1) (all_draws p k2)) (fun t =>
      sq (best *: (replaced (transform R t.1) (transform R t.2) 1%:M *m x) - x)) =
    (1 - best) * sq x.
Proof.
move=> x0 best; have Wx0 : (1%:M : 'M[R]_n) *m x != 0 by rewrite mul1mx.
have [bound equal _] := best_multiple range1 range2 Wx0.
have bE : k2%:R / n%:R * (sq (1%:M *m x) / (sq (1%:M *m x) +
    mean (all_draws p k1) (fun t => sq (1%:M *m (gram R t *m x) - 1%:M *m x)))) = best.
  have k0 : k1%:R != 0 :> R := k_neq0 R range1.
  have n0 : n%:R != 0 :> R by rewrite dimE natrX expf_neq0 // pnatr_eq0.
  have y0 : sq x != 0 by rewrite sq_eq0.
  rewrite identity_inner mul1mx /best natrM natrX.
  by move: (sq x) n%:R k1%:R y0 n0 k0 => y d e *; field; apply/and3P.
rewrite bE mul1mx in bound equal.
by split.
Qed.
End Identity.

(** In every draw |c J^T J x - x| is least at c = k/n. *)
Theorem best_multiple_of_draw (R : rcfType) p k (t : draw_of p) (x : 'cV[R]_(dim p)) :
  (0 < k <= dim p)%N -> t \in all_draws p k ->
  let least := sq x - k%:R / (dim p)%:R * sq (transform R t *m x) in
  (forall c, least <= sq (c *: (gram R t *m x) - x)) /\
  sq ((k%:R / (dim p)%:R) *: (gram R t *m x) - x) = least.
Proof.
move=> range tD least; set J := transform R t; split=> [c|].
  have := distance_to_range range (c *: (J *m x)) x tD.
  by rewrite -scalemxAr mulmxA.
have k0 := k_neq0 R range.
have n0 : (dim p)%:R != 0 :> R by rewrite dimE natrX expf_neq0 // pnatr_eq0.
have JJ : sq (gram R t *m x) = (dim p)%:R / k%:R * sq (J *m x).
  have rows := transform_rows R range tD; rewrite -/J in rows.
  by rewrite /gram -mulmxA -/J {1}/sq ip_mull trmxK (mulmxA J) rows mul_scalar_mx ipZr.
rewrite sqB sqZ JJ ipZl (ipC _ x) -sq_transform -/J /least -/J.
by move: (sq (J *m x)) (sq x) k%:R (dim p)%:R k0 n0 => a b d e d0 e0; field; apply/andP.
Qed.
