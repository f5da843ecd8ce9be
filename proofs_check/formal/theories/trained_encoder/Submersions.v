(** * Where the row space moves freely, a joint local minimum is the dense optimum *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Projectors Descent.
From Butterfly Require Import LocalMinima StrictSaddles IndexSets.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

(** ** Functions that are bounded on |t| <= 1 *)
Section Bounded.
Variable R : realFieldType.
Definition bounded (f : R -> R) : Prop := exists C, forall t, `|t| <= 1 -> `|f t| <= C.
Definition bounded_mx m n (f : R -> 'M[R]_(m, n)) : Prop := forall i j, bounded (fun t => f t i j).

Lemma bounded_const c : bounded (fun=> c). Proof. by exists `|c|. Qed.
Lemma bounded_id : bounded id. Proof. by exists 1. Qed.
Lemma boundedD f g : bounded f -> bounded g -> bounded (fun t => f t + g t).
Proof.
move=> [C hC] [K hK]; exists (C + K) => t t1; apply: le_trans (ler_norm_add _ _) _.
by rewrite lerD ?hC ?hK.
Qed.
Lemma boundedM f g : bounded f -> bounded g -> bounded (fun t => f t * g t).
Proof.
by move=> [C hC] [K hK]; exists (C * K) => t t1; rewrite normrM ler_pM ?normr_ge0 ?hC ?hK.
Qed.
Lemma bounded_sum n (f : 'I_n -> R -> R) :
  (forall i, bounded (f i)) -> bounded (fun t => \sum_i f i t).
Proof.
elim: n f => [|n IH] f bf; first by exists 0 => t _; rewrite big_ord0 normr0.
have [C hC] := boundedD (bf ord0) (IH (fun i => f (lift ord0 i)) (fun i => bf _)).
by exists C => t t1; rewrite big_ord_recl hC.
Qed.
Lemma bounded_mx_const m n (A : 'M[R]_(m, n)) : bounded_mx (fun=> A).
Proof. by move=> i j; apply: bounded_const. Qed.
Lemma bounded_mxD m n (f g : R -> 'M[R]_(m, n)) :
  bounded_mx f -> bounded_mx g -> bounded_mx (fun t => f t + g t).
Proof.
move=> bf bg i j; have [C hC] := boundedD (bf i j) (bg i j).
by exists C => t t1; rewrite mxE hC.
Qed.
Lemma bounded_mxZ m n a (f : R -> 'M[R]_(m, n)) :
  bounded a -> bounded_mx f -> bounded_mx (fun t => a t *: f t).
Proof.
move=> ba bf i j; have [C hC] := boundedM ba (bf i j).
by exists C => t t1; rewrite mxE hC.
Qed.
Lemma bounded_mxM m n q (f : R -> 'M[R]_(m, n)) (g : R -> 'M[R]_(n, q)) :
  bounded_mx f -> bounded_mx g -> bounded_mx (fun t => f t *m g t).
Proof.
move=> bf bg i j; have [C hC] := bounded_sum (fun h => boundedM (bf i h) (bg h j)).
by exists C => t t1; rewrite mxE hC.
Qed.
Lemma bounded_ip m n (f g : R -> 'M[R]_(m, n)) :
  bounded_mx f -> bounded_mx g -> bounded (fun t => <[f t, g t]>).
Proof.
move=> bf bg.
have [C hC] := bounded_sum (fun i => bounded_sum (fun j => boundedM (bf i j) (bg i j))).
by exists C => t t1; rewrite ipE hC.
Qed.

Lemma bounded2 m n (A : 'M[R]_(m, n)) (f : R -> 'M[R]_(m, n)) :
  bounded_mx f -> bounded (fun t => 2 * <[A, f t]>).
Proof.
by move=> bf; apply: boundedM (bounded_const 2) (bounded_ip (bounded_mx_const A) bf).
Qed.

(** A step t with 0 < t <= h, t <= 1 and a + t K < 0, where a < 0. *)
Lemma small_step (a K h : R) : 0 < h -> a < 0 ->
  exists t, [/\ 0 < t, t <= h, t <= 1 & a + t * K < 0].
Proof.
move=> h0 a0; have [|t /andP[t0]] := @neg_small _ a K (Num.min h 1) _ a0.
  by rewrite lt_min h0 ltr01.
by rewrite le_min => /andP[th t1] neg; exists t.
Qed.

(** Where a t + c(t) t^2 is not negative for small t, a = 0. *)
Lemma first_order_zero (a : R) c h : 0 < h -> bounded c ->
  (forall t, `|t| <= h -> 0 <= a * t + c t * t ^+ 2) -> a = 0.
Proof.
move=> h0 [C hC] low.
have half s : s ^+ 2 = 1 -> `|s| = 1 -> 0 <= s * a.
  move=> s2 s1; rewrite leNgt; apply/negP => neg.
  have [t [t0 th t1 {}neg]] := small_step C h0 neg.
  have st : `|s * t| = t by rewrite normrM s1 mul1r gtr0_norm.
  have := low (s * t); rewrite st => /(_ th).
  have -> : a * (s * t) + c (s * t) * (s * t) ^+ 2 = t * (s * a + t * c (s * t)).
    by rewrite exprMn s2; ring.
  rewrite pmulr_rge0 // leNgt (le_lt_trans _ neg) // lerD2l ler_wpM2l ?(ltW t0) //.
  by rewrite (le_trans (ler_norm _)) ?hC ?st.
have up : 0 <= a by rewrite -[a]mul1r half ?expr1n ?normr1.
have down : 0 <= - a by rewrite -mulN1r half ?sqrrN ?expr1n ?normrN ?normr1.
by apply/eqP; rewrite eq_le up andbT -oppr_ge0.
Qed.

(** Where b t^2 + c(t) t^3 is not negative for small t, neither is b. *)
Lemma second_order_ge0 (b : R) c h : 0 < h -> bounded c ->
  (forall t, `|t| <= h -> 0 <= b * t ^+ 2 + c t * t ^+ 3) -> 0 <= b.
Proof.
move=> h0 [C hC] low; rewrite leNgt; apply/negP => neg.
have [t [t0 th t1 {}neg]] := small_step C h0 neg.
have tt : `|t| = t by rewrite gtr0_norm.
have := low t; rewrite tt => /(_ th).
have -> : b * t ^+ 2 + c t * t ^+ 3 = t ^+ 2 * (b + t * c t) by ring.
rewrite pmulr_rge0 ?exprn_gt0 // leNgt (le_lt_trans _ neg) // lerD2l ler_wpM2l ?(ltW t0) //.
by rewrite (le_trans (ler_norm _)) ?hC ?tt.
Qed.
End Bounded.

(** ** The butterfly along a line in its weights *)
Section Line.
Variables (R : realFieldType) (n : nat).
Implicit Types w v : nat -> 'M[R]_(n, 2).

Lemma layerD i (a b : 'M[R]_(n, 2)) : layer i (a + b) = layer i a + layer i b.
Proof. by apply/matrixP => r c; rewrite !mxE !mulrnDl addrACA. Qed.
Lemma layerZ i t (a : 'M[R]_(n, 2)) : layer i (t *: a) = t *: layer i a.
Proof. by apply/matrixP => r c; rewrite !mxE mulrDr !mulrnAr. Qed.

(** B(w + t v) = B(w) + t B'(v) + t^2 r(t) with r bounded. *)
Lemma butterfly_line q w v : exists2 r, bounded_mx r & forall t,
  butterfly q (fun i => w i + t *: v i) =
  butterfly q w + t *: butterfly_slope q w v + t ^+ 2 *: r t.
Proof.
elim: q => [|q [r br line]].
  exists (fun=> 0) => [|t]; first exact: bounded_mx_const.
  by rewrite /= !scaler0 !addr0.
pose L := layer q (w q); pose L' := layer q (v q).
exists (fun t => L' *m butterfly_slope q w v + (L *m r t + t *: (L' *m r t))) => [|t].
  apply: bounded_mxD; first exact: bounded_mx_const.
  apply: bounded_mxD; last apply: bounded_mxZ; try exact: bounded_id.
    by apply: bounded_mxM br; apply: bounded_mx_const.
  by apply: bounded_mxM br; apply: bounded_mx_const.
rewrite /= line layerD layerZ -/L -/L' mulmxDl !mulmxDr -!scalemxAl -!scalemxAr.
move: (L *m butterfly q w) (L *m butterfly_slope q w v) (L *m r t) => a1 a2 a3.
move: (L' *m butterfly q w) (L' *m butterfly_slope q w v) (L' *m r t) => b1 b2 b3.
apply/matrixP => i j; rewrite !mxE.
by move: (a1 i j) (a2 i j) (a3 i j) (b1 i j) (b2 i j) (b3 i j) => x1 x2 x3 y1 y2 y3; ring.
Qed.
End Line.

(** ** The loss where D, E and the weights move *)
Section Submersion.
Variables (R : realFieldType) (m k l n p d : nat) (kept : 'I_l -> 'I_n).
Variables (X : 'M[R]_(n, d)) (Y : 'M[R]_(m, d)).
Variables (D : 'M[R]_(m, k)) (E : 'M[R]_(k, l)) (w : nat -> 'M[R]_(n, 2)).
Let B := truncated p kept w.
Let W := E *m B.
Let r := D *m W *m X - Y.

Section Along.
Variables (A : 'M[R]_(m, k)) (F : 'M[R]_(k, l)) (v : nat -> 'M[R]_(n, 2)).
Let N := F *m B + E *m truncated_slope p kept w v.

(** EB is W + t N + t^2 S(t), and D EB X - Y is r + t (A W + D N) X + t^2 (A N + ...) X. *)
Lemma residual_along : exists2 S, bounded_mx S & forall t,
  loss (truncated p kept (fun i => w i + t *: v i)) X Y (D + t *: A) (E + t *: F) =
  sq (r + t *: ((A *m W + D *m N) *m X)
      + t ^+ 2 *: ((A *m N + D *m S t + t *: (A *m S t)) *m X)).
Proof.
have [q bq line] := butterfly_line p w v.
pose B' := truncated_slope p kept w v; pose Q t := rowsub kept (q t).
have bQ : bounded_mx Q.
  by move=> i j; have [C hC] := bq (kept i) j; exists C => t t1; rewrite mxE hC.
exists (fun t => F *m B' + (E *m Q t + t *: (F *m Q t))) => [|t].
  apply: bounded_mxD; first exact: bounded_mx_const.
  apply: bounded_mxD; last apply: bounded_mxZ; try exact: bounded_id.
    by apply: bounded_mxM bQ; apply: bounded_mx_const.
  by apply: bounded_mxM bQ; apply: bounded_mx_const.
have -> : truncated p kept (fun i => w i + t *: v i) = B + t *: B' + t ^+ 2 *: Q t.
  by rewrite /truncated line; apply/matrixP => i j; rewrite !mxE.
rewrite /loss; congr (sq _); rewrite /r /N -/B'; move: (Q t) B' => q' b'.
set S := F *m b' + _.
have EB : (E + t *: F) *m (B + t *: b' + t ^+ 2 *: q') =
    W + t *: (F *m B + E *m b') + t ^+ 2 *: S.
  rewrite /S /W mulmxDl !mulmxDr -!scalemxAl -!scalemxAr.
  move: (E *m B) (E *m b') (E *m q') (F *m B) (F *m b') (F *m q') => a1 a2 a3 b1 b2 b3.
  apply/matrixP => i j; rewrite !mxE.
  by move: (a1 i j) (a2 i j) (a3 i j) (b1 i j) (b2 i j) (b3 i j) => x1 x2 x3 y1 y2 y3; ring.
rewrite -(mulmxA (D + _)) {}EB; move: (F *m B + _) S W => N' S' W'.
rewrite !(mulmxDl, mulmxDr) -!scalemxAr -!scalemxAl.
move: (D *m W' *m X) (D *m N' *m X) (D *m S' *m X) (A *m W' *m X) (A *m N' *m X) (A *m S' *m X).
move=> a1 a2 a3 b1 b2 b3; apply/matrixP => i j; rewrite !mxE.
move: (a1 i j) (a2 i j) (a3 i j) (b1 i j) (b2 i j) (b3 i j) (Y i j) => x1 x2 x3 y1 y2 y3 z.
by ring.
Qed.

Lemma bounded_rest S : bounded_mx S ->
  bounded_mx (fun t => (A *m N + D *m S t + t *: (A *m S t)) *m X).
Proof.
move=> bS; apply: bounded_mxM (bounded_mx_const X).
have bM (M : 'M_(m, k)) : bounded_mx (fun t => M *m S t).
  exact: bounded_mxM (bounded_mx_const M) bS.
apply: bounded_mxD (bounded_mxZ (@bounded_id R) (bM A)).
exact: bounded_mxD (bounded_mx_const _) (bM D).
Qed.

Hypothesis minimal : joint_local_min p kept X Y D E w.

Lemma near_along : exists2 h, 0 < h & forall t, `|t| <= h ->
  loss B X Y D E <= loss (truncated p kept (fun i => w i + t *: v i)) X Y (D + t *: A) (E + t *: F).
Proof.
have [e e0 low] := minimal; have e20 : 0 < e / 2 by rewrite divr_gt0 ?ltr0n.
have step m' n' (M M' : 'M[R]_(m', n')) :
    exists2 h, 0 < h & forall t, `|t| <= h -> near e M (M + t *: M').
  have [h h0 H] := near_add M M' e20; exists h => // t th.
  by rewrite (splitr e); apply: H => //; apply/near_refl/ltW.
have [h1 h10 H1] := step _ _ D A; have [h2 h20 H2] := step _ _ E F.
have [h3 h30 H3] : exists2 h, 0 < h & forall t, `|t| <= h ->
    forall i, (i < p)%N -> near e (w i) (w i + t *: v i).
  elim: p => [|q [h h0 H]]; first by exists 1.
  have [h' h'0 H'] := step _ _ (w q) (v q); exists (Num.min h h'); rewrite ?lt_min ?h0 // => t.
  rewrite le_min => /andP[th th'] i; rewrite ltnS leq_eqVlt => /orP[/eqP->|]; first exact: H'.
  exact: H.
exists (Num.min h1 (Num.min h2 h3)); first by rewrite !lt_min h10 h20.
by move=> t; rewrite !le_min => /and3P[t1 t2 t3]; apply: low; [apply: H1|apply: H2|apply: H3].
Qed.

Lemma first_order : <[r, (A *m W + D *m N) *m X]> = 0.
Proof.
have [S bS along] := residual_along; have [h h0 low] := near_along.
set S1 := (A *m W + D *m N) *m X in along *.
pose P t := (A *m N + D *m S t + t *: (A *m S t)) *m X.
have bP : bounded_mx P by apply: bounded_rest.
pose c t := sq S1 + 2 * <[r, P t]> + t * (2 * <[S1, P t]> + t * sq (P t)).
have bc : bounded c.
  apply: boundedD; first exact: boundedD (bounded_const _) (bounded2 r bP).
  apply: boundedM (@bounded_id R) _; apply: boundedD (bounded2 S1 bP) _.
  exact: boundedM (@bounded_id R) (bounded_ip bP bP).
suff /eqP : 2 * <[r, S1]> = 0 by rewrite mulf_eq0 pnatr_eq0 => /eqP.
apply: (first_order_zero h0 bc) => t /low; rewrite along -/(P t) -/S1.
have -> : loss B X Y D E = sq r by rewrite /loss /r mulmxA.
clearbody r; rewrite -[sq r <= _]subr_ge0 !sqD !sqZ !ipDl !ipZl !ipZr /c.
move: (sq r) (sq S1) (sq (P t)) <[r, S1]> <[r, P t]> <[S1, P t]> => a1 a2 a3 a4 a5 a6.
move=> ge0; apply: le_trans ge0 _; rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
Qed.

Lemma second_order : (forall H : 'M_(k, n), <[r, D *m H *m X]> = 0) ->
  0 <= sq ((A *m W + D *m N) *m X) + 2 * <[r, A *m N *m X]>.
Proof.
move=> flat; have [S bS along] := residual_along; have [h h0 low] := near_along.
have slope := first_order; set S1 := (A *m W + D *m N) *m X in along slope *.
pose P t := (A *m N + D *m S t + t *: (A *m S t)) *m X.
have bP : bounded_mx P by apply: bounded_rest.
have rP t : <[r, P t]> = <[r, A *m N *m X]> + t * <[r, A *m S t *m X]>.
  by rewrite /P !mulmxDl -scalemxAl !ipDr flat addr0 ipZr.
pose c t := 2 * <[r, A *m S t *m X]> + 2 * <[S1, P t]> + t * sq (P t).
have bc : bounded c.
  have bASX : bounded_mx (fun t => A *m S t *m X).
    exact: bounded_mxM (bounded_mxM (bounded_mx_const A) bS) (bounded_mx_const X).
  apply: boundedD; first exact: boundedD (bounded2 r bASX) (bounded2 S1 bP).
  exact: boundedM (@bounded_id R) (bounded_ip bP bP).
apply: (second_order_ge0 h0 bc) => t /low; rewrite along -/(P t) -/S1.
have -> : loss B X Y D E = sq r by rewrite /loss /r mulmxA.
clearbody r; rewrite -[sq r <= _]subr_ge0 !sqD !sqZ !ipDl !ipZl !ipZr slope rP /c.
move: (sq r) (sq S1) (sq (P t)) <[r, A *m N *m X]> <[r, _]> <[S1, P t]> => a1 a2 a3 a4 a5 a6.
move=> ge0; apply: le_trans ge0 _; rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
Qed.
End Along.

(** At a joint local minimum where the row space of EB moves freely, no network of rank k is
    better, with any encoder in the place of EB. *)
Theorem free_minimum_global :
  joint_local_min p kept X Y D E w -> moves_freely p kept E w ->
  forall (D' : 'M_(m, k)) (W' : 'M_(k, n)),
    loss (truncated p kept w) X Y D E <= loss 1%:M X Y D' W'.
Proof.
move=> minimal free.
(* every N is a derivative of EB: a change of the basis is one of E *)
have every (N : 'M_(k, n)) : exists F v, F *m B + E *m truncated_slope p kept w v = N.
  have [F [v [G eq]]] := free N; exists (F - G *m E), v.
  by rewrite mulmxBl addrAC -/B eq -mulmxA addrK.
have slope A N : <[r, (A *m W + D *m N) *m X]> = 0.
  by have [F [v <-]] := every N; apply: first_order.
have flat N : <[r, D *m N *m X]> = 0.
  by have := slope 0 N; rewrite mul0mx add0r.
have crit : critical 1%:M X Y D W.
  split; rewrite /gradient_D /gradient_E !mulmx1 -/r; apply/eqP; rewrite scaler_eq0 pnatr_eq0 /=.
    rewrite -sq_eq0 /sq -ip_mulr mulmxA ipC; apply/eqP.
    by have := slope (r *m (W *m X)^T) 0; rewrite mulmx0 addr0.
  rewrite mul1mx -sq_eq0 /sq ip_mulr ip_mull !trmxK mulmxA; apply/eqP.
  exact: flat.
have -> : loss B X Y D E = loss 1%:M X Y D W by rewrite /loss mulmx1 /W mulmxA.
apply: min_of_form crit _ => A N; have [F [v <-]] := every N.
rewrite /second_form !mul1mx mulmx1; exact: second_order.
Qed.

(** The loss there, with orthonormal eigenvectors of Sigma = Y X^T (X X^T)^(-1) X Y^T. *)
Theorem free_minimum_value (U : 'M[R]_m) (s : 'rV[R]_m) :
  joint_local_min p kept X Y D E w -> moves_freely p kept E w -> X *m X^T \in unitmx ->
  eigenbasis (signal 1%:M X Y) U s -> (forall i j : 'I_m, (i <= j)%N -> s 0 j <= s 0 i) ->
  loss (truncated p kept w) X Y D E = \tr (Y *m Y^T) - \sum_(i < m | (i < k)%N) s 0 i.
Proof.
move=> minimal free unit basis sorted; have [Z Zeq] := normal_eq (1%:M *m X) Y.
rewrite -(signal_invertible _ Zeq) in basis; last by rewrite mul1mx.
have [[D' [W' best]] least] := least_loss k Zeq basis sorted.
apply/eqP; rewrite eq_le -{1}best free_minimum_global //=.
have -> : loss (truncated p kept w) X Y D E = loss 1%:M X Y D W.
  by rewrite /loss mulmx1 /W mulmxA.
exact: least.
Qed.
End Submersion.
