(** * What a network takes off the loss, and a local maximum of it that is not global *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

(** ** The least loss over D and E is |Y|^2 minus the gain *)
(** With Z = Y Xt^T (Xt Xt^T)^(-1): |A Xt - Y|^2 = |(A - Z) Xt|^2 + |Y|^2 - gain. *)
Lemma fit_and_gain (R : realFieldType) m l d (Xt : 'M[R]_(l, d)) (Y : 'M_(m, d)) (A : 'M_(m, l)) :
  Xt *m Xt^T \in unitmx ->
  sq (A *m Xt - Y) = sq ((A - Y *m Xt^T *m invmx (Xt *m Xt^T)) *m Xt)
    + (sq Y - \tr (invmx (Xt *m Xt^T) *m (Xt *m Y^T *m (Xt *m Y^T)^T))).
Proof.
set G := Xt *m Xt^T => unit; set Z := Y *m Xt^T *m invmx G.
have Zeq : Z *m G = Y *m Xt^T by rewrite mulmxKV.
have -> : A *m Xt - Y = (A - Z) *m Xt + (Z *m Xt - Y) by rewrite mulmxBl subrKA.
have cross : <[(A - Z) *m Xt, Z *m Xt - Y]> = 0.
  by rewrite ip_mulr mulmxBl -mulmxA -/G Zeq subrr ip0r.
have sZ : sq (Z *m Xt) = <[Z *m Xt, Y]>.
  by rewrite {1}/sq ip_mulr -mulmxA -/G Zeq -ip_mulr.
have -> : \tr (invmx G *m (Xt *m Y^T *m (Xt *m Y^T)^T)) = <[Z *m Xt, Y]>.
  by rewrite /ip trmx_mul trmxK /Z -!mulmxA [RHS]mxtrace_mulC -!mulmxA [RHS]mxtrace_mulC -!mulmxA.
rewrite sqD cross mulr0 addr0 sqB sZ.
by move: <[Z *m Xt, Y]> (sq Y) (sq ((A - Z) *m Xt)) => a b c; ring.
Qed.

Section Gain.
Variables (R : realFieldType) (m l n d : nat) (X : 'M[R]_(n, d)) (Y : 'M[R]_(m, d)).
Variable W : 'M[R]_(l, n).
Hypothesis independent : W *m X *m (W *m X)^T \in unitmx.

Theorem gain_bounds_the_loss k (D : 'M_(m, k)) (E : 'M_(k, l)) :
  sq Y - gain X Y W <= loss W X Y D E.
Proof. by rewrite /loss -(mulmxA _ W) fit_and_gain // lerDr sq_ge0. Qed.

Theorem gain_is_attained : exists (D : 'M_(m, l)) (E : 'M_(l, l)),
  loss W X Y D E = sq Y - gain X Y W.
Proof.
exists (Y *m (W *m X)^T *m invmx (W *m X *m (W *m X)^T)), 1%:M.
by rewrite /loss mulmx1 -(mulmxA _ W) fit_and_gain // subrr mul0mx /sq ip0l add0r.
Qed.
End Gain.

(** ** The example *)
Section Example.
Variable R : realFieldType.
Implicit Types x y : R.
Local Notation X := (example R).

(** Rows (u, 0) and (0, v), with u = (a, b) and v = (c, e). The gain is [over] / [under]. *)
Definition pair_rows (a b c e : R) : 'M[R]_(2, 4) :=
  of_rows 2 4 [:: [:: a; b; 0; 0]; [:: 0; 0; c; e]].

Section Products.
Variables a b c e : R.
Let WX := pair_rows a b c e *m X.
Definition over : R :=
  36 * b ^+ 2 * c ^+ 2 + 6 * b ^+ 2 * e ^+ 2 + 20 * a ^+ 2 * c ^+ 2 + 34 * a ^+ 2 * e ^+ 2.
Definition under : R :=
  4 * b ^+ 2 * c ^+ 2 + b ^+ 2 * e ^+ 2 + 4 * a ^+ 2 * c ^+ 2 + 5 * a ^+ 2 * e ^+ 2.

Lemma WXE : WX = of_rows 2 4 [:: [:: a; b; 0; 0]; [:: 0; 2 * e; 2 * c; e]].
Proof.
apply/matrixP => i j; rewrite !mxE !big_ord_recl big_ord0 !mxE /=.
by case: i => [[|[|//]] hi]; case: j => [[|[|[|[|//]]]] hj] /=; ring.
Qed.
Lemma WXXE : WX *m X^T = of_rows 2 4 [:: [:: a; b; 0; 2 * b]; [:: 0; 2 * e; 4 * c; 5 * e]].
Proof.
rewrite WXE; apply/matrixP => i j; rewrite !mxE !big_ord_recl big_ord0 !mxE /=.
by case: i => [[|[|//]] hi]; case: j => [[|[|[|[|//]]]] hj] /=; ring.
Qed.
Lemma gramE : WX *m WX^T =
  of_rows 2 2 [:: [:: a ^+ 2 + b ^+ 2; 2 * b * e]; [:: 2 * b * e; 5 * e ^+ 2 + 4 * c ^+ 2]].
Proof.
rewrite WXE; apply/matrixP => i j; rewrite !mxE !big_ord_recl big_ord0 !mxE /=.
by case: i => [[|[|//]] hi]; case: j => [[|[|//]] hj] /=; ring.
Qed.
Lemma fourthE : WX *m X^T *m (WX *m X^T)^T = of_rows 2 2
  [:: [:: a ^+ 2 + 5 * b ^+ 2; 12 * b * e]; [:: 12 * b * e; 29 * e ^+ 2 + 16 * c ^+ 2]].
Proof.
rewrite WXXE; apply/matrixP => i j; rewrite !mxE !big_ord_recl big_ord0 !mxE /=.
by case: i => [[|[|//]] hi]; case: j => [[|[|//]] hj] /=; ring.
Qed.

Hypothesis under0 : under != 0.
Let inverse : 'M[R]_2 := under^-1 *: of_rows 2 2
  [:: [:: 5 * e ^+ 2 + 4 * c ^+ 2; - (2 * b * e)]; [:: - (2 * b * e); a ^+ 2 + b ^+ 2]].
Lemma inverseE : WX *m WX^T *m inverse = 1%:M.
Proof.
rewrite gramE; apply/matrixP => i j; rewrite !mxE !big_ord_recl big_ord0 !mxE /=.
case: i => [[|[|//]] hi]; case: j => [[|[|//]] hj] /=; move: under0; rewrite /under => d0;
  by field; rewrite exprMn.
Qed.
Lemma gram_unit : WX *m WX^T \in unitmx. Proof. by case/mulmx1_unit: inverseE. Qed.

Lemma gain_of_pair : gain X X (pair_rows a b c e) = over / under.
Proof.
rewrite /gain -/WX (_ : invmx _ = inverse); last first.
  by rewrite -[LHS]mulmx1 -inverseE mulmxA mulVmx ?mul1mx ?gram_unit.
rewrite fourthE /mxtrace !big_ord_recl big_ord0 !mxE !big_ord_recl !big_ord0 !mxE /=.
by move: under0; rewrite /over /under => d0; field; rewrite exprMn.
Qed.
End Products.

Let num x y : R := 36 * x ^+ 2 * y ^+ 2 + 6 * x ^+ 2 + 20 * y ^+ 2 + 34.
Let den x y : R := 4 * x ^+ 2 * y ^+ 2 + x ^+ 2 + 4 * y ^+ 2 + 5.

Lemma den_gt0 x y : 0 < den x y.
Proof.
have -> : den x y = (2 * x * y) ^+ 2 + x ^+ 2 + (2 * y) ^+ 2 + 5 by rewrite /den; ring.
by rewrite ltr_wpDl ?ltr0n // !addr_ge0 ?sqr_ge0.
Qed.

Let under_siblings x y : under 1 x y 1 = den x y. Proof. by rewrite /under /den; ring. Qed.
Lemma siblings_unit x y : siblings x y *m X *m (siblings x y *m X)^T \in unitmx.
Proof. by apply: (@gram_unit 1 x y 1); rewrite under_siblings gt_eqF ?den_gt0. Qed.

Theorem gain_of_siblings x y : gain X X (siblings x y) =
  (36 * x ^+ 2 * y ^+ 2 + 6 * x ^+ 2 + 20 * y ^+ 2 + 34) /
  (4 * x ^+ 2 * y ^+ 2 + x ^+ 2 + 4 * y ^+ 2 + 5).
Proof.
rewrite -/(num x y) -/(den x y) -under_siblings.
have -> : num x y = over 1 x y 1 by rewrite /num /over; ring.
by apply: gain_of_pair; rewrite under_siblings gt_eqF ?den_gt0.
Qed.

(** A strict local maximum of the gain at x = y = 0, on the strip 11 x^2 < 9. *)
Theorem spurious_strict_maximum x y : 11 * x ^+ 2 < 9 -> (x, y) != (0, 0) ->
  gain X X (siblings x y) < gain X X (siblings 0 0).
Proof.
move=> hx xy; rewrite !gain_of_siblings -!/(num _ _) -!/(den _ _).
have -> : num 0 0 / den 0 0 = 34 / 5 by rewrite /num /den; field.
rewrite ltr_pdivrMr ?den_gt0 // mulrAC ltr_pdivlMr ?ltr0n // -subr_gt0.
have -> : 34 * den x y - num x y * 5 = 4 * (x ^+ 2 + y ^+ 2 * (9 - 11 * x ^+ 2)).
  by rewrite /num /den; ring.
rewrite pmulr_rgt0 ?ltr0n //; have h : 0 < 9 - 11 * x ^+ 2 by rewrite subr_gt0.
have [x0|x0] := eqVneq x 0; last first.
  by apply: ltr_wpDr; [rewrite mulr_ge0 ?sqr_ge0 ?(ltW h) | rewrite lt_def sqrf_eq0 x0 sqr_ge0].
move: xy; rewrite x0 xpair_eqE eqxx /= => y0.
by rewrite expr0n /= add0r mulr0 subr0 mulr_gt0 ?ltr0n // lt_def sqrf_eq0 y0 sqr_ge0.
Qed.

(** It is not the global maximum. *)
Theorem spurious_not_global :
  gain X X (siblings 0 0) < gain X X (siblings 3 3) /\
  forall x y, gain X X (siblings x y) < 9.
Proof.
split=> [|x y]; rewrite !gain_of_siblings -!/(num _ _) -!/(den _ _).
  rewrite -subr_gt0; suff -> : num 3 3 / den 3 3 - num 0 0 / den 0 0 = 1602 / 935.
    by rewrite divr_gt0 ?ltr0n.
  by rewrite /num /den; field.
rewrite ltr_pdivrMr ?den_gt0 // -subr_gt0.
have -> : 9 * den x y - num x y = 3 * x ^+ 2 + (4 * y) ^+ 2 + 11 by rewrite /num /den; ring.
by rewrite ltr_wpDl ?ltr0n // addr_ge0 ?sqr_ge0 // pmulr_rge0 ?ltr0n ?sqr_ge0.
Qed.

Lemma example_sq : sq X = 11.
Proof. by rewrite /sq ipE !big_ord_recl !big_ord0 !mxE /=; ring. Qed.

(** In terms of the network: near x = y = 0 the least loss is 21/5, with x = y = 3 it is less, and
    it is never 2 or less. *)
Theorem spurious_losses :
  (forall x y (D : 'M[R]_(4, 2)) (E : 'M[R]_(2, 2)), 11 * x ^+ 2 < 9 ->
     21 / 5 <= loss (siblings x y) X X D E) /\
  (exists (D : 'M[R]_(4, 2)) (E : 'M[R]_(2, 2)), loss (siblings 0 0) X X D E = 21 / 5) /\
  (exists (D : 'M[R]_(4, 2)) (E : 'M[R]_(2, 2)), loss (siblings 3 3) X X D E < 21 / 5) /\
  (forall x y (D : 'M[R]_(4, 2)) (E : 'M[R]_(2, 2)), 2 < loss (siblings x y) X X D E).
Proof.
have g0 : gain X X (siblings 0 0) = 34 / 5 by rewrite gain_of_siblings; field.
have l0 : 11 - 34 / 5 = 21 / 5 :> R by field.
have unit := siblings_unit.
split; [|split; [|split]].
- move=> x y D E hx; apply: le_trans (gain_bounds_the_loss _ (unit x y) D E).
  rewrite example_sq -l0 lerB // -g0.
  have [/eqP[-> ->]//|xy] := boolP ((x, y) == (0, 0)).
  exact/ltW/spurious_strict_maximum.
- by have [D [E h]] := gain_is_attained X (unit 0 0); exists D, E; rewrite h example_sq g0.
- have [D [E h]] := gain_is_attained X (unit 3 3); exists D, E.
  by rewrite h example_sq -l0 -g0 ltrD2l ltrN2; case: spurious_not_global.
move=> x y D E; apply: lt_le_trans (gain_bounds_the_loss _ (unit x y) D E).
rewrite example_sq; move: (gain _ _ _) (spurious_not_global.2 x y) => g g9.
have -> : 2 = 11 - 9 :> R by ring.
by rewrite ltrD2l ltrN2.
Qed.
End Example.
