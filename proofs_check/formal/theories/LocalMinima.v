(** * With B fixed, every local minimum is global *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Projectors Descent.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section Main.
Variables (R : realFieldType) (m k l d : nat) (X : 'M[R]_(l, d)) (Y : 'M[R]_(m, d)).
Implicit Types (D : 'M[R]_(m, k)) (E : 'M[R]_(k, l)).

(** [local_min] of the residual. *)
Let local_min D E := exists2 e, 0 < e &
  forall D' E', near e D D' -> near e E E' -> residual X Y D E <= residual X Y D' E'.

Section LocalMin.
Variables (D : 'M[R]_(m, k)) (E : 'M[R]_(k, l)).
Hypothesis lm : local_min D E.
Let r := Y - D *m E *m X.

(** ** A local minimum is not above nearby points of a curve, and is critical *)
Lemma lm_curve (A : 'M_(m, k)) (F1 F2 : 'M_(k, l)) : exists2 h, 0 < h &
  forall t1 t2 t3, `|t1| <= h -> `|t2| <= h -> `|t3| <= h ->
  residual X Y D E <= residual X Y (D + t1 *: A) (E + (t2 *: F1 + t3 *: F2)).
Proof.
have [e e0 min] := lm; pose e1 := e / 2; pose e2 := e1 / 2.
have e10 : 0 < e1 by rewrite divr_gt0 ?ltr0n.
have e20 : 0 < e2 by rewrite divr_gt0 ?ltr0n.
have [h1 h10 H1] := near_add D A e10.
have [h2 h20 H2] := near_add E F1 e20.
have [h3 h30 H3] := near_add E F2 e10.
exists (Num.min h1 (Num.min h2 h3)); first by rewrite !lt_min h10 h20.
move=> t1 t2 t3; rewrite !le_min => /andP[a1 _] /and3P[_ a2 _] /and3P[_ _ a3].
apply: min; rewrite (splitr e) -/e1.
  by apply: H1 => //; apply/near_refl/ltW.
rewrite addrA; apply: H3 => //; rewrite (splitr e1) -/e2.
by apply: H2 => //; apply/near_refl/ltW.
Qed.

(** t (t b - 2 a) >= 0 for all small t gives a = 0. *)
Lemma quad0 (a b h : R) : 0 < h ->
  (forall t, `|t| <= h -> 0 <= t * (t * b - 2 * a)) -> a = 0.
Proof.
move=> h0 H; have two : 0 < 2 :> R by rewrite ltr0n.
apply/eqP; rewrite eq_le !leNgt; apply/andP; split; apply/negP => a0.
  have [|t /andP[t0 th]] := @neg_small _ (- (2 * a)) b h h0.
    by rewrite oppr_lt0 mulr_gt0.
  rewrite addrC => neg; have := H t; rewrite (gtr0_norm t0) => /(_ th).
  by rewrite pmulr_rge0 // leNgt neg.
have [|t /andP[t0 th]] := @neg_small _ (2 * a) b h h0; first by rewrite pmulr_rlt0.
move=> neg; have := H (- t); rewrite normrN (gtr0_norm t0) => /(_ th).
by rewrite mulNr mulNr -opprD mulrN opprK pmulr_rge0 // addrC leNgt neg.
Qed.

Lemma lm_crit_E : D^T *m r *m X^T = 0.
Proof.
pose F := D^T *m r *m X^T; apply/eqP; rewrite -sq_eq0 -/F; apply/eqP.
have [h h0 H] := lm_curve 0 F 0.
apply: (@quad0 _ (sq (D *m F *m X)) h h0) => t th.
have {H} := H 0 t 0 _ th _; rewrite normr0 !scale0r !addr0 => /(_ (ltW h0) (ltW h0)).
have -> : residual X Y D (E + t *: F) = sq (r - t *: (D *m F *m X)).
  by rewrite /residual mulmxDr mulmxDl -scalemxAr -scalemxAl opprD addrA.
have rF : <[r, D *m F *m X]> = sq F.
  by rewrite ipC ip_mulr ip_mull ipC mulmxA.
rewrite sqB sqZ ipZr rF /residual -/r -[sq r <= _]subr_ge0; set c := sq (D *m F *m X).
suff -> : t * (t * c - 2 * sq F) = sq r - 2 * (t * sq F) + t ^+ 2 * c - sq r by [].
by move: (sq r) (sq F) c => a1 a2 a3; ring.
Qed.

Lemma lm_crit_D : r *m (E *m X)^T = 0.
Proof.
pose A := r *m (E *m X)^T; apply/eqP; rewrite -sq_eq0 -/A; apply/eqP.
have [h h0 H] := lm_curve A 0 0.
apply: (@quad0 _ (sq (A *m (E *m X))) h h0) => t th.
have {H} := H t 0 0 th; rewrite normr0 !scale0r !addr0 => /(_ (ltW h0) (ltW h0)).
have -> : residual X Y (D + t *: A) E = sq (r - t *: (A *m (E *m X))).
  by rewrite /residual !mulmxDl -!scalemxAl opprD addrA mulmxA.
have rA : <[r, A *m (E *m X)]> = sq A by rewrite ipC ip_mulr.
rewrite sqB sqZ ipZr rA /residual -/r -[sq r <= _]subr_ge0; set c := sq (A *m (E *m X)).
suff -> : t * (t * c - 2 * sq A) = sq r - 2 * (t * sq A) + t ^+ 2 * c - sq r by [].
by move: (sq r) (sq A) c => a1 a2 a3; ring.
Qed.

Variable Z : 'M[R]_(m, l).
Hypothesis Zeq : Z *m (X *m X^T) = Y *m X^T.
Let N := Z *m X.

(** ** If D w = 0, w <> 0 and D^T v = 0, then v^T Sigma v = 0: otherwise the loss descends *)
Lemma ker_case (w : 'cV_k) (v : 'cV_m) :
  D *m w = 0 -> w != 0 -> D^T *m v = 0 -> v^T *m N = 0.
Proof.
move=> Dw w0 Dv; apply/eqP; rewrite -sq_eq0; apply: contraT => al0.
have pos n1 n2 (M : 'M[R]_(n1, n2)) : sq M != 0 -> 0 < sq M by rewrite lt_def sq_ge0 andbT.
pose q := Z^T *m v; pose c := sq (X^T *m E^T *m w); pose al := sq (v^T *m N).
have [h h0 H] := lm_curve (v *m w^T) (w *m q^T) 0.
have Sv : <[v, (Z *m X *m (Z *m X)^T) *m v]> = al.
  by rewrite /al -mulmxA ipC ip_mull -[RHS]sq_tr [(v^T *m N)^T]trmx_mul trmxK.
have W0 : 0 < sq w by rewrite pos ?sq_eq0.
have [|s /andP[s0 sh]] := @neg_small _ (- (2 * h * sq w * al))
   (sq v * (c + h ^+ 2 * sq w ^+ 2 * al)) h h0.
  by rewrite oppr_lt0 !mulr_gt0 ?ltr0n ?h0 ?W0 //; exact: pos.
move=> neg; have {H} := H s h 0; rewrite normr0 (gtr0_norm s0) (gtr0_norm h0).
move=> /(_ sh (lexx _) (ltW h0)); rewrite scaler0 addr0 -subr_ge0.
rewrite (residual_descent Zeq lm_crit_D s h Dv Dw) Sv -/c.
suff -> : - 2 * s * h * sq w * al + s ^+ 2 * sq v * (c + h ^+ 2 * sq w ^+ 2 * al)
  = s * (- (2 * h * sq w * al) + s * (sq v * (c + h ^+ 2 * sq w ^+ 2 * al))).
  by rewrite pmulr_rge0 // leNgt neg.
clear neg Sv; move: (sq w) al (sq v) c => a1 a2 a3 a4; ring.
Qed.

(** ** |b|^2 a^T Sigma a <= |a|^2 b^T Sigma b for b = D beta and D^T a = 0: otherwise rotate *)
Lemma pair_case (a : 'cV_m) (beta : 'cV_k) : D^T *m a = 0 ->
  sq (D *m beta) * sq (a^T *m N) <= sq a * sq ((D *m beta)^T *m N).
Proof.
move=> Da; set b := D *m beta; have [b0|b_n0] := eqVneq (sq b) 0.
  by rewrite b0 mul0r mulr_ge0 ?sq_ge0.
rewrite leNgt; apply/negP => bad.
have p0 : 0 < sq b by rewrite lt_def b_n0 sq_ge0.
have [h h0 H] := lm_curve (a *m ((sq b)^-1 *: (D^T *m b))^T)
   ((sq b)^-1 *: (beta *m a^T *m Z)) ((sq b)^-1 *: ((sq b)^-1 *: (sq a *: (beta *m b^T *m Z)))).
pose e := Num.min 1 h; have e0 : 0 < e by rewrite lt_min ltr01.
have e1 : e <= 1 by rewrite ge_min lexx.
have eh : e <= h by rewrite ge_min lexx orbT.
pose p' := sq b + e ^+ 2 * sq a.
have p'p : sq b <= p' by rewrite lerDl mulr_ge0 ?sqr_ge0 ?sq_ge0.
have p'0 : 0 < p' by apply: lt_le_trans p'p.
have ratio : 0 <= sq b / p' <= 1.
  by rewrite divr_ge0 ?(ltW p0) ?(ltW p'0) //= ler_pdivrMr // mul1r.
have [r0 r1] := andP ratio.
have le_h x : 0 <= x <= 1 -> `|e * x| <= h.
  case/andP=> x0 x1; rewrite ger0_norm ?mulr_ge0 ?(ltW e0) // (le_trans _ eh) //.
  by rewrite ler_piMr // ltW.
have H1 : `|e| <= h by rewrite gtr0_norm.
have H2 : `|e * (sq b / p')| <= h by apply: le_h.
have H3 : `|- (e ^+ 2 * (sq b / p'))| <= h.
  by rewrite normrN expr2 -mulrA le_h // mulr_ge0 ?r0 ?(ltW e0) //= mulr_ile1 ?(ltW e0).
have {H} := H _ _ _ H1 H2 H3; rewrite !scalerA.
have -> : e * (sq b / p') * (sq b)^-1 = e / p'.
  by field; rewrite b_n0 gt_eqF.
have -> : - (e ^+ 2 * (sq b / p')) * ((sq b)^-1 / sq b) * sq a =
    - (e ^+ 2 * sq a / (sq b * p')).
  by field; rewrite b_n0 gt_eqF.
rewrite -subr_ge0 (residual_rotation Zeq lm_crit_D lm_crit_E e Da b_n0) -/N -/b.
rewrite mulNr oppr_ge0 pmulr_rle0; last by rewrite divr_gt0 ?exprn_gt0 ?mulr_gt0.
by rewrite leNgt subr_gt0 bad.
Qed.
End LocalMin.

(** ** Lower bounds of the loss *)
Section Bounds.
Variable Z : 'M[R]_(m, l).
Hypothesis Zeq : Z *m (X *m X^T) = Y *m X^T.
Let N := Z *m X.

(** L(D, E) = |Y - N|^2 + |N - D E X|^2 *)
Lemma residual_split D E : residual X Y D E = sq (Y - N) + sq (N - D *m E *m X).
Proof.
have h : <[Y - N, N - D *m E *m X]> = 0.
  by rewrite -mulmxBl ipC ip_mulr mulmxBl (NX Zeq) subrr ip0r.
have -> : residual X Y D E = sq ((Y - N) + (N - D *m E *m X)) by rewrite subrKA.
by rewrite sqD h mulr0 addr0.
Qed.

(** With P a projector that fixes D: L(D, E) >= |Y - N|^2 + |N|^2 - |P N|^2. *)
Lemma residual_ge D E P : P^T = P -> P *m P = P -> P *m D = D ->
  sq (Y - N) + (sq N - sq (P *m N)) <= residual X Y D E.
Proof.
move=> PT PP PD; rewrite residual_split lerD2l -proj_pyth //.
have -> : N - D *m E *m X = (N - P *m N) + P *m (N - D *m E *m X).
  by rewrite mulmxBr !mulmxA PD subrKA.
by rewrite [X in _ <= X]sqD proj_cross // mulr0 addr0 lerDl sq_ge0.
Qed.
End Bounds.

(** A critical point is a global minimum if what [ker_case] and [pair_case] say holds there. *)
Lemma residual_global Z D E : Z *m (X *m X^T) = Y *m X^T ->
  (Y - D *m E *m X) *m (E *m X)^T = 0 -> D^T *m (Y - D *m E *m X) *m X^T = 0 ->
  (forall (w : 'cV_k) (v : 'cV_m),
     D *m w = 0 -> w != 0 -> D^T *m v = 0 -> v^T *m (Z *m X) = 0) ->
  (forall (a : 'cV_m) (beta : 'cV_k), D^T *m a = 0 ->
     sq (D *m beta) * sq (a^T *m (Z *m X)) <= sq a * sq ((D *m beta)^T *m (Z *m X))) ->
  forall D' E', residual X Y D E <= residual X Y D' E'.
Proof.
move=> Zeq cD cE ker pair D' E'; pose N := Z *m X; pose r := Y - D *m E *m X.
have [free|] := boolP (row_free D^T); last first.
  (* D has a kernel: r X^T = 0, so D E solves the unconstrained problem *)
  rewrite -kermx_eq0 => /rowV0Pn[u /sub_kermxP uD u0].
  pose V := r *m X^T; have DV : D^T *m V = 0 by rewrite mulmxA.
  have VD : V^T *m D = 0 by rewrite -[D]trmxK -trmx_mul DV trmx0.
  have VN : V^T *m N = 0.
    apply/row_matrixP => j; rewrite row_mul -tr_col row0.
    apply: (ker u^T); rewrite ?trmx_eq0 //.
      by rewrite -[D]trmxK -trmx_mul uD trmx0.
    by rewrite colE mulmxA DV mul0mx.
  have V0 : V = 0.
    apply/eqP; rewrite -sq_eq0 /sq /ip mxtrace_mulC {2}/V /r mulmxBl mulmxBr.
    by rewrite -(NX Zeq) -/N mulmxA VN !mulmxA VD !mul0mx subr0 linear0.
  have -> : residual X Y D' E' = sq (r + (D *m E - D' *m E') *m X).
    by rewrite /residual mulmxBl subrKA.
  by rewrite sqD ipC ip_mulr ipC -/V V0 ip0l mulr0 addr0 lerDl sq_ge0.
(* D is injective: P is the projector onto its columns, P' that onto the columns of D' *)
have /row_freeP[B DB] := free.
have LD : B^T *m D = 1%:M by rewrite -[D]trmxK -trmx_mul DB trmx1.
have [T TT] := projector D; set P := T *m D^T => -[PT PP PD].
have trP : \tr P = k%:R by apply: projector_tr LD PD.
have PE : P = T *m D^T by []; clearbody P.
have /row_fullP[L' LC] := col_base_full D'.
have [T' _] := projector (col_base D'); set P' := T' *m _ => -[PT' PP' PC].
have trP' : \tr P' = (\rank D')%:R by apply: projector_tr LC PC.
clearbody P'; have PD' : P' *m D' = D' by rewrite -{1}(mulmx_base D') mulmxA PC mulmx_base.
apply: le_trans (residual_ge Zeq E' PT' PP' PD'); rewrite (residual_split Zeq) -/N lerD2l.
have -> : D *m E *m X = P *m N.
  by rewrite PE -(mulmxA T) (DTN Zeq cE) !mulmxA -PE PD.
rewrite proj_pyth // lerB //.
(* add the inequality of [pair_case] over the columns of M1 = P(1 - P') and M2 = (1 - P)P' *)
pose Q := T^T *m (1%:M - P'); pose M1 := P - P *m P'; pose M2 := P' - P *m P'.
have M1E : M1 = D *m Q by rewrite /M1 /Q mulmxA TT -PE mulmxBr mulmx1.
have DP : D^T *m P = D^T by rewrite -[P]PT -trmx_mul PD.
have DM2 : D^T *m M2 = 0 by rewrite mulmxBr mulmxA DP subrr.
have key : sq M1 * sq (M2^T *m N) <= sq M2 * sq (M1^T *m N).
  rewrite [X in _ <= X]mulrC (sq_cols M1) (sq_cols M2) !(sq_rows (_ *m N)) !big_distrlr /=.
  apply: ler_sum => i _; apply: ler_sum => j _; rewrite !row_mul -!tr_col [X in _ <= X]mulrC.
  have -> : col i M1 = D *m col i Q by rewrite M1E !colE mulmxA.
  by apply: pair; rewrite colE mulmxA DM2 mul0mx.
(* the traces of P and P' are the ranks, so M2 is not longer than M1 *)
have c_le : sq M2 <= sq M1.
  have -> : sq M1 = \tr P - \tr (P *m P').
    rewrite -sq_tr linearB /= trmx_mul PT PT' proj_pyth //.
    by rewrite proj_sq // /sq /ip PT PP trmx_mul PT PT' mulmxA PP.
  have -> : sq M2 = \tr P' - \tr (P *m P').
    rewrite proj_pyth // proj_sq // /sq /ip PT' PP' trmx_mul PT PT' mulmxA PP'.
    by rewrite (mxtrace_mulC P').
  by rewrite lerB // trP trP' ler_nat rank_leq_col.
(* compare tr P Sigma P with tr P' Sigma P', as (1 - P) Sigma P = 0 *)
have orth : (N - P *m N) *m (P *m N)^T = 0.
  have /(perp_orth Zeq cD cE) : D^T *m (1%:M - P) = 0 by rewrite mulmxBr mulmx1 DP subrr.
  rewrite linearB /= trmx1 PT mulmxBl mul1mx => h.
  by rewrite {2}PE -(mulmxA T) trmx_mul mulmxA h mul0mx.
have s1 : sq (M1^T *m N) = sq (P *m N) - sq (P' *m (P *m N)).
  by rewrite linearB /= trmx_mul PT PT' mulmxBl -mulmxA proj_pyth.
have s2 : sq (P' *m N) = sq (P' *m (P *m N)) + sq (M2^T *m N).
  have -> : M2^T *m N = P' *m (N - P *m N).
    by rewrite linearB /= trmx_mul PT PT' mulmxBl mulmxBr mulmxA.
  have -> : P' *m N = P' *m (P *m N) + P' *m (N - P *m N) by rewrite -mulmxDr addrC subrK.
  have cr : <[P' *m (P *m N), P' *m (N - P *m N)]> = 0.
    rewrite ipC ip_mull PT' [P' *m (P' *m _)]mulmxA PP' /ip trmx_mul PT' mulmxA orth.
    by rewrite mul0mx linear0.
  by rewrite sqD cr mulr0 addr0.
have : sq (M2^T *m N) <= sq (M1^T *m N).
  have [z|nz] := eqVneq (sq M2) 0.
    by move/eqP: z; rewrite sq_eq0 => /eqP ->; rewrite trmx0 mul0mx /sq ip0l sq_ge0.
  have pos : 0 < sq M2 by rewrite lt_def nz sq_ge0.
  by rewrite -(ler_pM2l pos) (le_trans _ key) // ler_wpM2r ?sq_ge0.
by rewrite s1 s2 lerBrDl.
Qed.

Lemma residual_local_min D E : local_min D E ->
  forall D' E', residual X Y D E <= residual X Y D' E'.
Proof.
move=> lm; have [Z Zeq] := normal_eq X Y.
apply: (residual_global Zeq (lm_crit_D lm) (lm_crit_E lm)).
  by move=> w v; apply: ker_case lm Z Zeq w v.
by move=> a beta; apply: pair_case lm Z Zeq a beta.
Qed.
End Main.

(** With B fixed, every local minimum of L in D and E is global: for any sizes, any X, Y and B. *)
Theorem local_min_global (R : realFieldType) m k l n d (B : 'M[R]_(l, n)) (X : 'M[R]_(n, d))
    (Y : 'M[R]_(m, d)) (D : 'M[R]_(m, k)) (E : 'M[R]_(k, l)) :
  local_min B X Y D E ->
  forall (D' : 'M[R]_(m, k)) (E' : 'M[R]_(k, l)), loss B X Y D E <= loss B X Y D' E'.
Proof.
move=> [e e0 low] D' E'; rewrite !loss_residual; apply: residual_local_min.
by exists e => // D1 E1 nD nE; rewrite -!loss_residual; apply: low.
Qed.
