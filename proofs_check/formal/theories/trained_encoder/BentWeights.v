(** * Weights at which the row spaces keep to a hypersurface: data with a spurious minimum *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Projectors SpuriousGain.
From Butterfly Require Import PlantedPlanes BetterPlanes MissingMotions SpuriousPlanes WeightSteps.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section Shrink.
Variable R : realFieldType.
Lemma shrunk k q (s : 'M[R]_k) (t u : 'M_(k, q)) :
  4 * sq s <= 1 -> u = (1%:M + s) *m t -> sq t <= 4 * sq u.
Proof.
move=> s4 eq; have tE : t = u - s *m t by rewrite eq mulmxDl mul1mx addrK.
have le1 : sq t <= 2 * sq u + 2 * (sq s * sq t).
  rewrite {1}tE (le_trans (sqD_le2 _ _)) // sqN lerD2l ler_wpM2l ?ler0n //.
  exact: sq_mul.
have le2 : 4 * (sq s * sq t) <= sq t by rewrite mulrA -[X in _ <= X]mul1r ler_wpM2r ?sq_ge0.
have : 2 * sq t <= 4 * sq u + sq t.
  apply: (@le_trans _ _ (2 * (2 * sq u + 2 * (sq s * sq t)))); first by rewrite ler_wpM2l ?ler0n.
  by rewrite mulrDr !mulrA (_ : 2 * 2 = 4) ?lerD2l -?mulrA //; ring.
by rewrite (_ : 2 * sq t = sq t + sq t) ?lerD2r //; ring.
Qed.
Lemma unit_small k (s : 'M[R]_k) : 4 * sq s <= 1 -> 1%:M + s \in unitmx.
Proof.
move=> s4; rewrite -unitmx_tr -row_free_unit; apply: inj_row_free => v v0.
have zero : (0 : 'M_(k, 1)) = (1%:M + s) *m v^T by rewrite -[RHS]trmxK trmx_mul trmxK v0 trmx0.
apply/eqP; rewrite -sq_eq0 -sq_tr eq_le sq_ge0 andbT.
by apply: le_trans (shrunk s4 zero) _; rewrite /sq ip0l mulr0.
Qed.
End Shrink.

Section Point.
Variables (R : realFieldType) (n p l k : nat) (kept : 'I_l -> 'I_n).
Variables (E : 'M[R]_(k, l)) (w : nat -> 'M[R]_(n, 2)) (A : 'M[R]_(k, n)) (K h0 : R).
Let W := E *m truncated p kept w.
Hypotheses (p0 : (0 < p)%N) (independent : row_free W) (A0 : A != 0) (h00 : 0 < h0).
Hypothesis no_zero : forall j, col j W != 0.
Hypothesis no_unit : forall i, ~~ ((delta_mx 0 i : 'rV[R]_n) <= W)%MS.
Hypothesis bent : forall E' w', let U := E' *m truncated p kept w' - W in
  sq U <= h0 -> `|<[A, U]>| <= K * sq U.

Lemma along (M : 'M[R]_(k, n)) :
  (forall t, exists E' w', E' *m truncated p kept w' = W + t *: M) -> <[A, M]> = 0.
Proof.
move=> line; apply/eqP/negPn/negP => a0.
have s1 : 0 < 1 + sq M by rewrite ltr_wpDr ?ltr01 ?sq_ge0.
have [||t /andP[t0 th] neg] :=
  @neg_small _ (- `|<[A, M]>|) (K * sq M) (Num.min 1 (h0 / (1 + sq M))).
- by rewrite lt_min ltr01 divr_gt0.
- by rewrite oppr_lt0 normr_gt0.
move: th; rewrite le_min ler_pdivlMr // => /andP[t1 th].
have [E' [w' eq]] := line t; have := @bent E' w'; rewrite /= eq addrC addKr sqZ ipZr.
have small : t ^+ 2 * sq M <= h0.
  apply: le_trans th; rewrite expr2 -mulrA ler_wpM2l ?(ltW t0) //.
  apply: (@le_trans _ _ (sq M)); last by rewrite lerDr ler01.
  by rewrite -[X in _ <= X]mul1r ler_wpM2r ?sq_ge0.
move=> /(_ small); rewrite normrM (gtr0_norm t0) leNgt => /negP; apply.
rewrite (_ : K * _ = t * (t * (K * sq M))); last by ring.
by rewrite ltr_pM2l //; move: neg; rewrite addrC subr_lt0.
Qed.

Lemma kills_basis : A *m W^T = 0.
Proof.
apply/eqP; rewrite -sq_eq0 /sq ip_mulr trmxK; apply/eqP/along => t.
exists (E + t *: (A *m W^T *m E)), w; rewrite mulmxDl -/W; congr (_ + _).
by rewrite -scalemxAl -(mulmxA _ E).
Qed.
Lemma kills_multiple (G : 'M[R]_k) : <[A, G *m W]> = 0.
Proof. by have := ip_mulr W^T A G; rewrite trmxK kills_basis ip0l. Qed.

Definition slope (i : 'I_n) (v : 'rV[R]_n) : R := <[A, col i W *m v]>.
Lemma slopeD i u v : slope i (u + v) = slope i u + slope i v.
Proof. by rewrite /slope mulmxDr ipDr. Qed.
Lemma slopeZ i a v : slope i (a *: v) = a * slope i v.
Proof. by rewrite /slope -scalemxAr ipZr. Qed.
Lemma slope_in i (y : 'rV[R]_k) : slope i (y *m W) = 0.
Proof. by rewrite /slope mulmxA kills_multiple. Qed.
Lemma slopeE i j : slope i (delta_mx 0 j) = (W^T *m A) i j.
Proof.
by rewrite -ip_delta ip_mull trmxK /slope colE -mulmxA mul_delta_mx.
Qed.

Lemma slope_own i : slope i (delta_mx 0 i) = 0.
Proof.
apply: along => t.
have [w' eq] := scaled_columns kept w (const_mx 1 + t *: delta_mx 0 i) p0.
exists E, w'; rewrite eq mulmxA -/W linearD /= diag_const_mx mulmxDr mulmx1; congr (_ + _).
rewrite linearZ /= -scalemxAr; congr (_ *: _); rewrite colE -mulmxA mul_delta_mx; congr (_ *m _).
apply/matrixP => a b; rewrite !mxE eqxx /=.
by case: (eqVneq a b) => [->|ab]; rewrite ?mulr1n ?mulr0n ?andbb //; case: eqP => //= ai;
  rewrite -ai eq_sym (negPf ab).
Qed.

Lemma missing_pair : exists i j, slope i (delta_mx 0 j) != 0.
Proof.
have [/existsP[i /existsP[j h]]|/existsPn h] :=
  boolP [exists i, exists j, slope i (delta_mx 0 j) != 0].
  by exists i, j.
case/eqP: A0; have WA : W^T *m A = 0.
  apply/matrixP => i j; have /existsPn/(_ j) := h i.
  by rewrite slopeE negbK => /eqP ->; rewrite mxE.
rewrite -[A]mul1mx -(trmx1 _ k) -(mulmxVp independent) trmx_mul -mulmxA WA.
by rewrite mulmx0.
Qed.

(** ** Coordinates *)
Let q := \rank (W^C)%MS.
Let z0 : 'M[R]_(q, n) := row_base (W^C)%MS.
Let V0 := col_mx W z0.
Lemma rank_W : \rank W = k. Proof. exact/eqP. Qed.
Lemma rank_V0 : \rank V0 = n.
Proof.
have h1 : (V0 :=: W + z0)%MS := eqmx_sym (addsmxE W z0).
have h2 : (W + z0 :=: W + W^C)%MS := adds_eqmx (eqmx_refl W) (eq_row_base _).
rewrite h1 h2.
by apply/eqP; apply: addsmx_compl_full.
Qed.
Lemma full_V0 : row_full V0. Proof. by rewrite /row_full rank_V0. Qed.
Lemma free_V0 : row_free V0.
Proof.
by rewrite /row_free rank_V0 /q mxrank_compl rank_W subnKC // -{1}rank_W rank_leq_col.
Qed.
Let U : 'M[R]_(n, k + q) := pinvmx V0.
Lemma V0U : V0 *m U = 1%:M. Proof. exact: mulmxVp free_V0. Qed.
Lemma UV0 : U *m V0 = 1%:M. Proof. exact: mulVpmx full_V0. Qed.
Lemma split_row (v : 'rV[R]_n) : v = v *m lsubmx U *m W + v *m rsubmx U *m z0.
Proof.
rewrite -!mulmxA -mulmxDr -mul_row_col hsubmxK.
by have := UV0; rewrite /V0 => ->; rewrite mulmx1.
Qed.

Let apart (v : 'rV[R]_n) : 'rV_q := v *m rsubmx U.

(** Vectors whose coordinates off W are multiples of one another have slopes that are. *)
Lemma slope_apart i a u v : apart u = a *: apart v -> slope i u = a * slope i v.
Proof.
move=> eq; rewrite (split_row u) slopeD slope_in add0r -/(apart u) eq -scalemxAl slopeZ.
by congr (_ * _); rewrite [in RHS](split_row v) slopeD slope_in add0r.
Qed.

Lemma chosen_basis : exists (P : 'M[R]_k) (Q : 'M[R]_q) i j a1 a2 b1 b2,
  [/\ P \in unitmx, Q \in unitmx & slope i (delta_mx 0 j) != 0] /\
  [/\ a1 != a2, b1 != b2, P *m col i W = delta_mx a1 0 & P *m col j W = delta_mx a2 0] /\
  row b1 Q = apart (delta_mx 0 j) /\ row b2 Q = apart (delta_mx 0 i).
Proof.
have [i [j sij]] := missing_pair.
have [c|P [a2 [a1 [uP a21 Pj Pi]]]] := two_units (no_zero j) (y := col i W).
  apply: contra_neq sij => eq; have := slope_own j.
  by rewrite /slope eq -scalemxAl ipZr => ->; rewrite mulr0.
have [|c|Q' [b2 [b1 [uQ b21 Qi Qj]]]] :=
    @two_units _ _ (apart (delta_mx 0 i))^T (apart (delta_mx 0 j))^T.
- apply: contraNneq (no_unit i) => /(congr1 trmx); rewrite trmxK trmx0 => u0.
  by rewrite (split_row (delta_mx 0 i)) -/(apart _) u0 mul0mx addr0 submxMl.
- apply: contra_neq sij => /(congr1 trmx); rewrite linearZ /= !trmxK => eq.
  by rewrite (slope_apart _ eq) slope_own mulr0.
have rows b v : Q' *m (apart v)^T = delta_mx b 0 -> row b (invmx Q')^T = apart v.
  move=> eq; rewrite -[apart v]trmxK -(mulKmx uQ (apart v)^T) eq trmx_mul trmx_delta.
  by rewrite -rowE.
exists P, (invmx Q')^T, i, j, a1, a2, b1, b2; split; first by rewrite unitmx_tr unitmx_inv.
by split; [rewrite eq_sym a21 eq_sym b21|split; apply: rows].
Qed.

(** ** The data *)
Section Data.
Variables (P : 'M[R]_k) (Q : 'M[R]_q) (i j : 'I_n) (a1 a2 : 'I_k) (b1 b2 : 'I_q).
Hypotheses (uP : P \in unitmx) (uQ : Q \in unitmx) (sij : slope i (delta_mx 0 j) != 0).
Hypotheses (a12 : a1 != a2) (b12 : b1 != b2).
Hypotheses (Pi : P *m col i W = delta_mx a1 0) (Pj : P *m col j W = delta_mx a2 0).
Hypotheses (Qj : row b1 Q = apart (delta_mx 0 j)) (Qi : row b2 Q = apart (delta_mx 0 i)).

Let f : 'M[R]_(k, q) := (invmx P)^T *m A *m (Q *m z0)^T.
Let c := (f a1 b1 ^+ 2 + 4 * sq f) / f a1 b1 ^+ 2.
Let rho := 5 + 4 * c.
Let kappa := rho ^+ 2.
Let in_W (v : 'rV[R]_n) : 'rV_k := v *m lsubmx U.
Let S : 'M[R]_(q, k) := delta_mx b1 0 *m (in_W (delta_mx 0 j) + row a2 P)
  + delta_mx b2 0 *m (in_W (delta_mx 0 i) + row a1 P - kappa *: row a2 P).
Let e := P *m W.
Let z := Q *m z0 + S *m W.
Let T : 'M[R]_(k + q) := block_mx P 0 S Q.
Let nu : 'rV[R]_q := except_at b1 1 rho.
Let X := U *m invmx T *m diag_mx (row_mx (const_mx 1) nu).
Let Y : 'M[R]_(k + q) :=
  block_mx (diag_mx (except_at a1 1 rho)) 0 0 (diag_mx (except_at b1 2 0)).

Lemma motion_form (t : 'M[R]_(k, q)) : <[A, invmx P *m t *m z]> = <[f, t]>.
Proof.
rewrite /z mulmxDr ipDr [X in _ + X](_ : _ = 0) ?addr0.
  by rewrite /f ip_mulr ip_mull !trmxK !mulmxA.
by rewrite mulmxA kills_multiple.
Qed.

Lemma f_slope : f a1 b1 = slope i (delta_mx 0 j).
Proof.
rewrite -ip_delta -motion_form.
have -> : invmx P *m delta_mx a1 b1 *m z = col i W *m row b1 z.
  have -> : col i W = invmx P *m delta_mx a1 0 by rewrite -Pi mulKmx.
  by rewrite -!mulmxA rowE (mulmxA (delta_mx a1 0)) mul_delta_mx.
rewrite -/(slope i _) /z linearD /= !row_mul Qj slopeD slope_in addr0.
by rewrite [in RHS](split_row (delta_mx 0 j)) slopeD slope_in add0r.
Qed.
Lemma f0 : f a1 b1 != 0. Proof. by rewrite f_slope. Qed.
Lemma g0 : 0 < f a1 b1 ^+ 2. Proof. by rewrite lt_def sqrf_eq0 f0 sqr_ge0. Qed.
Lemma c0 : 0 <= c.
Proof.
apply: divr_ge0; last exact/ltW/g0.
by apply: addr_ge0; [exact: sqr_ge0|apply: mulr_ge0; rewrite ?ler0n ?sq_ge0].
Qed.

Lemma row_S1 : row b1 S = in_W (delta_mx 0 j) + row a2 P.
Proof.
rewrite /S linearD /= !row_mul !rowE !mul_delta_mx_cond eqxx (negPf b12) mulr0n mul0mx addr0.
by rewrite mulr1n [X in X *m _](_ : _ = 1%:M) ?mul1mx // [LHS]mx11_scalar mxE.
Qed.
Lemma row_S2 : row b2 S = in_W (delta_mx 0 i) + row a1 P - kappa *: row a2 P.
Proof.
rewrite /S linearD /= !row_mul !rowE !mul_delta_mx_cond eqxx eq_sym (negPf b12) mulr0n mul0mx.
by rewrite add0r mulr1n [X in X *m _](_ : _ = 1%:M) ?mul1mx // [LHS]mx11_scalar mxE.
Qed.
Lemma z1 : row b1 z = row a2 e + delta_mx 0 j.
Proof.
rewrite /z linearD /= !row_mul Qj row_S1 mulmxDl addrA -row_mul addrC; congr (_ + _).
by rewrite [RHS]split_row addrC.
Qed.
Lemma z2 : row b2 z = row a1 e + delta_mx 0 i - kappa *: row a2 e.
Proof.
rewrite /z linearD /= !row_mul Qi row_S2 !mulmxDl mulNmx -scalemxAl -!row_mul !addrA.
congr (_ - _); rewrite addrC; congr (_ + _).
by rewrite [RHS]split_row addrC.
Qed.

Lemma unit_T : T \in unitmx.
Proof. by rewrite unitmxE det_lblock unitrM -!unitmxE uP uQ. Qed.
Lemma all_X : col_mx e z *m X = diag_mx (row_mx (const_mx 1) nu).
Proof.
have -> : col_mx e z = T *m V0 by rewrite /T /V0 mul_block_col mul0mx addr0 addrC.
rewrite /X (mulmxA (T *m V0) (U *m invmx T)) (mulmxA (T *m V0) U) -(mulmxA T V0 U) V0U mulmx1.
by rewrite mulmxV ?unit_T // mul1mx.
Qed.
Lemma cancel : U *m invmx T *m (T *m V0) = 1%:M.
Proof. by rewrite -(mulmxA U (invmx T)) mulKmx ?unit_T // UV0. Qed.
Lemma eX_zX : e *m X = row_mx 1%:M 0 /\ z *m X = row_mx 0 (diag_mx nu).
Proof.
have := all_X; rewrite mul_col_mx diag_mx_row diag_const_mx /block_mx.
by move/eq_col_mx.
Qed.
Lemma planted_data : planted e z X Y (except_at b1 1 (rho ^+ 2)) (except_at a1 1 (rho ^+ 2))
  (except_at b1 4 0).
Proof.
rewrite /planted /= all_X /Y -diag_mx_row !tr_diag_mx !mulmx_diag !tr_diag_mx !mulmx_diag.
split; congr diag_mx; apply/rowP => s; rewrite !mxE; case: splitP => s' _; rewrite !mxE ?mulr1 //.
- by case: ifP; rewrite ?mulr1.
- by case: ifP; rewrite ?mul1r ?mulr1.
by case: ifP => _; ring.
Qed.

Let D : 'M[R]_(k + q, k) := col_mx (diag_mx (except_at a1 1 rho)) 0 *m P.
Lemma loss_here : loss (truncated p kept w) X Y D E = 4.
Proof.
rewrite /loss -(mulmxA D) -/W /D -(mulmxA _ P) -/e -mulmxA eX_zX.1 mul_col_row.
rewrite !mulmx1 !mulmx0 /Y opp_block_mx add_block_mx subrr !oppr0 !addr0 add0r.
by rewrite /block_mx sq_col_mx !sq_row_mx sqN sq_beta /sq !ip0l !add0r.
Qed.

Lemma rho5 : 5 <= rho. Proof. by rewrite /rho lerDl mulr_ge0 ?ler0n ?c0. Qed.
Lemma rho_large : 4 * c <= rho ^+ 2 - 5.
Proof.
have alg (y : R) : (5 + 4 * y) ^+ 2 - 5 - 4 * y = 20 + 36 * y + 16 * y ^+ 2 by ring.
rewrite -subr_ge0 /rho alg.
have c1 := c0; have nn (m : nat) : 0 <= m%:R :> R := ler0n _ m.
have c2 := sqr_ge0 c; have m36 := mulr_ge0 (nn 36%N) c1; have m16 := mulr_ge0 (nn 16%N) c2.
exact: addr_ge0 (addr_ge0 (nn 20%N) m36) m16.
Qed.

(** The loss is at least 4 for all planes near W, and every decoder. *)
Lemma low_near : exists2 d0, 0 < d0 & forall E' w' (D' : 'M[R]_(k + q, k)),
  sq (E' *m truncated p kept w' - W) <= d0 -> 4 <= loss (truncated p kept w') X Y D' E'.
Proof.
pose H := sq P * sq (U *m invmx T); pose M := sq (invmx P) * sq z.
have M0 : 0 <= M by rewrite mulr_ge0 ?sq_ge0.
pose g := f a1 b1 ^+ 2 / 4; have gp : 0 < g by rewrite divr_gt0 ?g0 ?ltr0n.
pose C := M + (`|K| * M) ^+ 2 + 4 * sq nu.
have [|th th0 [_ thC]] := step_exists C (delta := Num.min h0 (Num.min g 1)).
  by rewrite !lt_min h00 gp ltr01.
have part a : 0 <= a -> a <= C -> a * th <= Num.min h0 (Num.min g 1).
  by move=> a0 aC; apply: le_trans thC; rewrite ler_wpM2r ?(ltW th0).
have KM0 : 0 <= (`|K| * M) ^+ 2 by rewrite sqr_ge0.
have nu0 : 0 <= 4 * sq nu by rewrite mulr_ge0 ?ler0n ?sq_ge0.
have th1 : M * th <= h0.
  have := part M M0; rewrite /C -addrA lerDl addr_ge0 // => /(_ isT).
  by rewrite le_min => /andP[].
have th2 : (`|K| * M) ^+ 2 * th <= g.
  have := part _ KM0; rewrite /C addrAC lerDr addr_ge0 // => /(_ isT).
  by rewrite !le_min => /and3P[].
have th3 : 4 * sq nu * th <= 1.
  have := part _ nu0; rewrite /C lerDr addr_ge0 // => /(_ isT).
  by rewrite !le_min => /and3P[].
have [|d0 d00 [_ dH]] := step_exists (4 * H) (delta := Num.min th 1);
  first by rewrite lt_min th0 ltr01.
exists d0 => // E' w' D'; set Delta := _ - W => dle.
pose N := P *m Delta *m (U *m invmx T); pose s := lsubmx N; pose tau := rsubmx N.
have sqN : 4 * (sq s + sq tau) <= Num.min th 1.
  rewrite -sq_row_mx hsubmxK; apply: le_trans dH; rewrite -mulrA ler_wpM2l ?ler0n //.
  apply: le_trans (sq_mul _ _) _; rewrite /H mulrAC ler_wpM2r ?sq_ge0 //.
  by apply: le_trans (sq_mul _ _) _; rewrite ler_wpM2l ?sq_ge0.
have s4 : 4 * sq s <= 1.
  apply: le_trans (_ : Num.min th 1 <= 1); last by rewrite ge_min lexx orbT.
  by apply: le_trans sqN; rewrite ler_wpM2l ?ler0n // lerDl sq_ge0.
have t4 : 4 * sq tau <= th.
  apply: le_trans (_ : Num.min th 1 <= th); last by rewrite ge_min lexx.
  by apply: le_trans sqN; rewrite ler_wpM2l ?ler0n // lerDr sq_ge0.
have us := unit_small s4; set J := 1%:M + s in us.
pose t := invmx J *m tau.
have Jt : J *m t = tau by rewrite mulKVmx.
have small : sq t <= th.
  apply: le_trans t4; apply: shrunk s4 _; by rewrite -Jt.
have PB : P *m (E' *m truncated p kept w') = J *m (e + t *m z).
  have -> : E' *m truncated p kept w' = W + Delta by rewrite addrC subrK.
  rewrite mulmxDr -/e (mulmxDr J) (mulmxA J t) Jt /J mulmxDl mul1mx -addrA; congr (_ + _).
  rewrite -mul_row_col hsubmxK.
  have -> : col_mx e z = T *m V0 by rewrite /T /V0 mul_block_col mul0mx addr0 addrC.
  by rewrite /N -(mulmxA (P *m Delta)) cancel mulmx1.
pose E2 := invmx P *m invmx J *m P *m E'.
have E2B : E2 *m truncated p kept w' - W = invmx P *m t *m z.
  rewrite /E2 -!mulmxA PB mulKmx // mulmxDr /e mulKmx // addrC addKr.
  by rewrite !mulmxA.
have Mt : sq (invmx P *m t *m z) <= M * sq t.
  apply: le_trans (sq_mul _ _) _; rewrite /M mulrAC ler_wpM2r ?sq_ge0 //.
  exact: sq_mul.
have := @bent E2 w'; rewrite /= E2B motion_form => bt.
have {}bt : `|<[f, t]>| <= `|K| * M * sq t.
  apply: le_trans (bt _) _.
    by apply: le_trans Mt _; apply: le_trans th1; rewrite ler_wpM2l.
  apply: le_trans (_ : `|K| * sq (invmx P *m t *m z) <= _).
    by rewrite ler_wpM2r ?sq_ge0 // ler_norm.
  by rewrite -mulrA ler_wpM2l.
have -> : loss (truncated p kept w') X Y D' E' =
    sq (D' *m invmx P *m J *m ((e + t *m z) *m X) - Y).
  by rewrite /loss -(mulmxA D') -[E' *m _](mulKmx uP) PB -!mulmxA.
apply: (@planted_low _ _ _ _ a1 b1 rho rho e z X eX_zX.1 eX_zX.2 f t g c) => //; first exact: f0.
- rewrite -real_normK ?num_real //; apply: (@le_trans _ _ ((`|K| * M * sq t) ^+ 2)).
    by rewrite lerXn2r ?nnegrE ?mulr_ge0 ?sq_ge0.
  rewrite exprMn expr2 [sq t ^+ 2]expr2 mulrA ler_wpM2r ?sq_ge0 // -expr2.
  by apply: le_trans th2; rewrite ler_wpM2l.
- by rewrite /g mulrC divfK // pnatr_eq0.
- by apply: le_trans rho_large _; rewrite lerBlDr lerDl ler0n.
- exact: rho_large.
apply: le_trans th3; rewrite -mulrA ler_wpM2l ?ler0n //; apply: le_trans (sq_mul _ _) _.
by rewrite sq_diag mulrC ler_wpM2l ?sq_ge0.
Qed.

Lemma local_minimum : joint_local_min p kept X Y D E w.
Proof.
have [d0 d00 low] := low_near; have [h hp close] := encoder_close kept p E w d00.
exists h => // D' E' w' _ nE nw; rewrite loss_here; apply: low; exact: close.
Qed.

Lemma not_global : exists D' w', loss (truncated p kept w') X Y D' E < 4.
Proof.
pose s : 'rV[R]_n := \row_c (if c \in [:: i; j] then 2 else 1).
have [w' eq] := scaled_columns kept w s p0.
have ei : col i e = delta_mx a1 0 by rewrite colE /e -mulmxA -colE.
have ej : col j e = delta_mx a2 0 by rewrite colE /e -mulmxA -colE.
have rho0 : 0 < rho ^+ 2 by rewrite exprn_gt0 // (lt_le_trans _ rho5) ?ltr0n.
have bend : 0 < kappa ^+ 2 + rho ^+ 2 by rewrite ltr_wpDl ?sqr_ge0.
have more := better_plane planted_data ei ej a12 b12 z1 z2 bend.
have unit := better_unit planted_data ei ej a12 b12 z1 z2 bend.
have [D' [E' best]] := gain_is_attained Y unit; exists (D' *m E' *m P), w'.
have -> : loss (truncated p kept w') X Y (D' *m E' *m P) E =
    loss (e *m diag_mx s) X Y D' E'.
  by rewrite /loss eq /e /W -!mulmxA.
rewrite best; have unit_e : e *m X *m (e *m X)^T \in unitmx.
  by have [[-> _ _] _] := planted_blocks planted_data; rewrite unitmx1.
have : sq Y - gain X Y e <= 4.
  rewrite -loss_here; have :=
    gain_bounds_the_loss Y unit_e (col_mx (diag_mx (except_at a1 1 rho)) 0) 1%:M.
  by rewrite /loss mulmx1 /D /e /W -!mulmxA.
rewrite lerBlDr => le; rewrite ltrBlDr; apply: le_lt_trans le _.
rewrite ltrD2l -subr_gt0 more subr_gt0 ltr_pdivrMr //.
have alg (y : R) : 3 * (y ^+ 2 + y) - y * y = 2 * y ^+ 2 + 3 * y by ring.
rewrite -subr_gt0 /kappa alg; apply: ltr_wpDl; last by rewrite mulr_gt0 ?ltr0n.
by apply: mulr_ge0; rewrite ?ler0n ?sqr_ge0.
Qed.
End Data.

(** At such weights some data have a local minimum in all weights that is not global. *)
Theorem bent_weights_spurious :
  exists d m (X : 'M[R]_(n, d)) (Y : 'M[R]_(m, d)) (D : 'M[R]_(m, k)),
    joint_local_min p kept X Y D E w /\
    exists D' w', loss (truncated p kept w') X Y D' E < loss (truncated p kept w) X Y D E.
Proof.
have [P [Q [i [j [a1 [a2 [b1 [b2 [[uP uQ sij] [[a12 b12 Pi Pj] [Qj Qi]]]]]]]]]]] := chosen_basis.
have minimal := local_minimum a2 b2 uP uQ sij Pi Qj.
have here := loss_here i j a1 a2 b1 b2 uP uQ.
have better := not_global uP uQ sij a12 b12 Pi Pj Qj Qi.
do 4!eexists; eexists; split; first exact: minimal.
by rewrite here.
Qed.
End Point.
