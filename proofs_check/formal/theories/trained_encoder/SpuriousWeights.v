(** * The spurious minimum of the example in D, E and all weights of the butterfly *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Projectors SpuriousGain.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section SpuriousWeights.
Variable R : realFieldType.
Local Notation X := (example R).
Local Notation B := (truncated 2 sibling_outputs).
Implicit Types (w : nat -> 'M[R]_(4, 2)) (D : 'M[R]_(4, 2)) (E : 'M[R]_2).

(** ** B has the rows (u, 0) and (0, v), mixed by the last layer *)
Let two : 'I_4 := inord 2.
Definition last_layer (v : 'M[R]_(4, 2)) : 'M[R]_2 :=
  of_rows 2 2 [:: [:: v 0 0; v 0 1]; [:: v two 1; v two 0]].
Definition first_layer (v : 'M[R]_(4, 2)) : 'M[R]_(2, 4) :=
  pair_rows (v 0 0) (v 0 1) (v two 0) (v two 1).

Lemma truncatedE w : B w = last_layer (w 1%N) *m first_layer (w 0%N).
Proof.
have twoE : two = lift ord0 (lift ord0 ord0) by apply/val_inj; rewrite /= inordK.
have outE (i : 'I_2) : sibling_outputs i = if i == 0 then 0 else two.
  by apply/val_inj; case: i => [[|[|//]] hi]; rewrite /= inordK.
apply/matrixP => i j; rewrite !mxE outE; case: i => [[|[|//]] hi] /=; rewrite ?twoE;
  rewrite !big_ord_recl !big_ord0 !mxE !big_ord_recl !big_ord0 !mxE /=;
  case: j => [[|[|[|[|//]]]] hj] /=;
  by rewrite -?twoE !(mulr0n, mulr1n, mulr0, mulr1, mul0r, addr0, add0r).
Qed.

(** For u_0 and v_1 not 0 the rows are multiples of (1, x, 0, 0) and (0, 0, y, 1). *)
Definition scales (a e : R) : 'M[R]_2 := of_rows 2 2 [:: [:: a; 0]; [:: 0; e]].
Lemma pair_siblings a b c e : a != 0 -> e != 0 ->
  pair_rows a b c e = scales a e *m siblings (b / a) (c / e).
Proof.
move=> a0 e0; apply/matrixP => i j; rewrite !mxE !big_ord_recl big_ord0 !mxE /=.
by case: i => [[|[|//]] hi]; case: j => [[|[|[|[|//]]]] hj] /=; field; rewrite ?a0 ?e0.
Qed.

Lemma loss_siblings w D E (u := w 0%N) : u 0 0 != 0 -> u two 1 != 0 ->
  loss (B w) X X D E = loss (siblings (u 0 1 / u 0 0) (u two 0 / u two 1)) X X D
    (E *m last_layer (w 1%N) *m scales (u 0 0) (u two 1)).
Proof.
by move=> u0 u1; rewrite /loss truncatedE /first_layer (pair_siblings _ _ u0 u1) !mulmxA.
Qed.

(** ** No D, E and weights near the point, or with 11 u_1^2 < 9 u_0^2, have a smaller loss *)
Section Region.
Variables (w : nat -> 'M[R]_(4, 2)) (D : 'M[R]_(4, 2)) (E : 'M[R]_2).
Let u := w 0%N.
Hypotheses (turn : 11 * u 0 1 ^+ 2 < 9 * u 0 0 ^+ 2) (second : u two 1 != 0).
Let x := u 0 1 / u 0 0.
Let y := u two 0 / u two 1.

Lemma left_weight : u 0 0 != 0.
Proof.
by apply/negP => /eqP u0; move: turn; rewrite u0 expr0n mulr0 ltNge mulr_ge0 ?sqr_ge0 ?ler0n.
Qed.
Lemma turn_ratio : 11 * x ^+ 2 < 9.
Proof.
rewrite /x expr_div_n mulrA ltr_pdivrMr // lt_def sqrf_eq0 left_weight.
exact: sqr_ge0.
Qed.

Theorem spurious_below : 21 / 5 <= loss (B w) X X D E.
Proof.
rewrite (loss_siblings _ _ left_weight second).
by have [low _] := spurious_losses R; apply: low turn_ratio.
Qed.

(** Where it is attained, x = y = 0 and D E B is that of the least squares there. *)
Lemma spurious_product : loss (B w) X X D E = 21 / 5 ->
  let Xt := siblings 0 0 *m X in
  D *m E *m B w = X *m Xt^T *m invmx (Xt *m Xt^T) *m siblings 0 0.
Proof.
rewrite (loss_siblings _ _ left_weight second) -/u -/x -/y; set E' := _ *m scales _ _ => eq Xt.
have unit := siblings_unit x y.
have l0 : sq X - gain X X (siblings 0 0) = 21 / 5.
  by rewrite example_sq gain_of_siblings; field.
have [/eqP[x0 y0]|xy] := boolP ((x, y) == (0, 0)); last first.
  have := gain_bounds_the_loss X unit D E'; rewrite eq -l0 lerD2l lerN2 leNgt.
  by rewrite spurious_strict_maximum ?turn_ratio.
move: eq unit; rewrite /loss x0 y0 -(mulmxA _ (siblings 0 0)) -/Xt => eq unit.
move: eq; rewrite fit_and_gain // -/(gain X X (siblings 0 0)).
rewrite -[RHS]add0r -[in RHS]l0 => /addIr /eqP; rewrite sq_eq0 mulmxBl subr_eq0 => /eqP eq.
have -> : D *m E *m B w = D *m E' *m siblings 0 0.
  by rewrite truncatedE /first_layer (pair_siblings _ _ left_weight second) -/u -/x -/y x0 y0 !mulmxA.
congr (_ *m siblings 0 0).
have := congr1 (fun M => M *m Xt^T *m invmx (Xt *m Xt^T)) eq.
by rewrite -!(mulmxA _ Xt Xt^T) !(mulmxK unit).
Qed.
End Region.

(** ** The point *)
Local Notation D0 := (stuck_decoder R).
Local Notation E0 := (stuck_encoder R).
Local Notation w0 := (stuck_weights R).

Lemma stuck_value : loss (B w0) X X D0 E0 = 21 / 5.
Proof.
have -> : B w0 = siblings 0 0.
  rewrite truncatedE; apply/matrixP => i j; rewrite !mxE !big_ord_recl big_ord0 !mxE /= inordK //=.
  by case: i => [[|[|//]] hi]; case: j => [[|[|[|[|//]]]] hj] /=; ring.
rewrite /loss /E0 mulmx1 -mulmxA WXE /sq ipE !big_ord_recl !big_ord0 !mxE.
by rewrite !big_ord_recl !big_ord0 !mxE /=; field.
Qed.

Lemma near_stuck w : (forall i, (i < 2)%N -> near (1 / 4) (w0 i) (w i)) ->
  11 * w 0%N 0 1 ^+ 2 < 9 * w 0%N 0 0 ^+ 2 /\ w 0%N two 1 != 0.
Proof.
move=> /(_ 0%N isT) close.
have := close 0 1; have := close 0 0; have := close two 1; rewrite !mxE /= inordK //= !ler_norml.
move: (w 0%N 0 0) (w 0%N 0 1) (w 0%N two 1) => a b e /andP[_ e1] /andP[_ a1] /andP[].
rewrite sub0r lerN2 => b1 b2.
have above (z : R) : 1 - z <= 1 / 4 -> 3 / 4 <= z.
  move=> z1; have e3 : z - 3 / 4 = 1 / 4 - (1 - z) by field.
  by rewrite -subr_ge0 e3 subr_ge0.
have q0 : 0 < 3 / 4 :> R by rewrite divr_gt0 ?ltr0n.
split; last by rewrite gt_eqF // (lt_le_trans q0 (above _ e1)).
have bb : 0 <= (1 / 4 - b) * (1 / 4 + b).
  by rewrite mulr_ge0 ?subr_ge0 // -[b]opprK subr_ge0.
have aa : 0 <= (a - 3 / 4) * (a + 3 / 4).
  by rewrite mulr_ge0 ?subr_ge0 ?above ?addr_ge0 ?(ltW q0) ?(le_trans (ltW q0) (above _ a1)).
rewrite -subr_gt0.
have -> : 9 * a ^+ 2 - 11 * b ^+ 2 =
    9 * ((a - 3 / 4) * (a + 3 / 4)) + 11 * ((1 / 4 - b) * (1 / 4 + b)) + 35 / 8 by field.
by rewrite ltr_wpDl ?divr_gt0 ?ltr0n // addr_ge0 // mulr_ge0 ?ler0n.
Qed.

Theorem spurious_in_all_weights :
  joint_local_min 2 sibling_outputs X X D0 E0 w0 /\ loss (B w0) X X D0 E0 = 21 / 5.
Proof.
split; last exact: stuck_value.
exists (1 / 4) => [|D E w _ _ /near_stuck[turn second]]; first by rewrite divr_gt0 ?ltr01 ?ltr0n.
by rewrite stuck_value; apply: spurious_below.
Qed.

(** It is strict but for changes that leave DEB as it is. *)
Theorem spurious_strict w D E :
  (forall i, (i < 2)%N -> near (1 / 4) (w0 i) (w i)) -> loss (B w) X X D E <= 21 / 5 ->
  D *m E *m B w = D0 *m E0 *m B w0.
Proof.
move=> /near_stuck[turn second] low.
have [turn0 second0] : 11 * w0 0%N 0 1 ^+ 2 < 9 * w0 0%N 0 0 ^+ 2 /\ w0 0%N two 1 != 0.
  by apply: near_stuck => i _; apply: near_refl; rewrite divr_ge0 ?ler01 ?ler0n.
rewrite (spurious_product turn0 second0 stuck_value) spurious_product //.
by apply/eqP; rewrite eq_le low spurious_below.
Qed.

(** ** The least loss in D, E and all weights *)
Lemma under_gt0 a b c e : (a, b) != (0, 0) :> R * R -> (c, e) != (0, 0) :> R * R ->
  0 < under a b c e.
Proof.
move=> ab ce; have pos (z t : R) : (z, t) != (0, 0) -> 0 < z ^+ 2 + t ^+ 2.
  move=> zt; rewrite lt_def addr_ge0 ?sqr_ge0 // andbT paddr_eq0 ?sqr_ge0 // !sqrf_eq0.
  by move: zt; rewrite xpair_eqE.
have -> : under a b c e = (a ^+ 2 + b ^+ 2) * (c ^+ 2 + e ^+ 2)
    + (3 * (b * c) ^+ 2 + 3 * (a * c) ^+ 2 + 4 * (a * e) ^+ 2) by rewrite /under; ring.
by rewrite ltr_wpDr ?mulr_gt0 ?pos // !addr_ge0 // mulr_ge0 ?ler0n ?sqr_ge0.
Qed.

(** A row of zeros may be replaced by another one. *)
Lemma nonzero_row (a b : R) : exists s a' b', [/\ (a', b') != (0, 0), a = s * a' & b = s * b'].
Proof.
have [/eqP[-> ->]|ab] := boolP ((a, b) == (0, 0)).
  by exists 0, 1, 0; rewrite !mul0r xpair_eqE oner_eq0.
by exists 1, a, b; rewrite !mul1r.
Qed.

Lemma loss_of_pair (A : 'M[R]_(4, 2)) a b c e : 2 <= sq (A *m pair_rows a b c e *m X - X).
Proof.
have [s [a' [b' [ab -> ->]]]] := nonzero_row a b.
have [t [c' [e' [ce -> ->]]]] := nonzero_row c e.
have -> : pair_rows (s * a') (s * b') (t * c') (t * e') = scales s t *m pair_rows a' b' c' e'.
  apply/matrixP => i j; rewrite !mxE !big_ord_recl big_ord0 !mxE /=.
  by case: i => [[|[|//]] hi]; case: j => [[|[|[|[|//]]]] hj] /=; ring.
have pos := under_gt0 ab ce; have unit := gram_unit (lt0r_neq0 pos).
rewrite (mulmxA A) -(mulmxA _ _ X) fit_and_gain //.
rewrite -/(gain X X (pair_rows a' b' c' e')) gain_of_pair ?gt_eqF // example_sq.
apply: (@le_trans _ _ (11 - over a' b' c' e' / under a' b' c' e')); last by rewrite lerDr sq_ge0.
have -> : 2 = 11 - 9 :> R by ring.
rewrite lerD2l lerN2 ler_pdivrMr // -subr_ge0.
have -> : 9 * under a' b' c' e' - over a' b' c' e' =
    3 * (b' * e') ^+ 2 + 16 * (a' * c') ^+ 2 + 11 * (a' * e') ^+ 2.
  by rewrite /under /over; ring.
by rewrite !addr_ge0 // mulr_ge0 ?ler0n ?sqr_ge0.
Qed.

Theorem joint_least_loss :
  (forall w D E, 2 <= loss (B w) X X D E) /\ exists w D E, loss (B w) X X D E = 2.
Proof.
split=> [w D E|]; first by rewrite /loss truncatedE mulmxA; apply: loss_of_pair.
pose w i : 'M[R]_(4, 2) := if i is 0%N then of_rows 4 2 [:: [:: 0; 1]; [:: 0; 0]; [:: 1; 0]]
  else of_rows 4 2 [:: [:: 1; 0]; [:: 0; 0]; [:: 1; 0]].
have pos : 0 < under (0 : R) 1 1 0.
  by apply: under_gt0; rewrite xpair_eqE oner_eq0 ?andbF.
have Bw : B w = pair_rows (0 : R) 1 1 0.
  rewrite truncatedE; apply/matrixP => i j; rewrite !mxE !big_ord_recl big_ord0 !mxE /= inordK //=.
  by case: i => [[|[|//]] hi]; case: j => [[|[|[|[|//]]]] hj] /=; ring.
have [D [E eq]] := gain_is_attained X (gram_unit (lt0r_neq0 pos)).
exists w, D, E; rewrite Bw eq gain_of_pair ?gt_eqF // example_sq /over /under.
by field.
Qed.
End SpuriousWeights.
