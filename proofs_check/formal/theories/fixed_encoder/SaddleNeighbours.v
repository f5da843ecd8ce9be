(** * False neighbours of the theorems on minima and saddles, refuted at the smallest witness *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Projectors Descent.
From Butterfly Require Import ClosedForms StrictSaddles.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section Neighbours.
Variable R : realFieldType.
Local Notation one := (1%:M : 'M[R]_1).
Local Notation zero := (0 : 'M[R]_1).

Lemma sq_num (x : R) : sq (x%:M : 'M[R]_1) = x ^+ 2.
Proof. by rewrite /sq /ip tr_scalar_mx -scalar_mxM mxtrace_scalar. Qed.
Lemma one_neq0 : one <> zero.
Proof. by move/matrixP/(_ 0 0); rewrite !mxE => /eqP; rewrite oner_eq0. Qed.
Lemma projects_zero : projects_onto zero zero.
Proof. by split; rewrite ?trmx0 ?mul0mx //; exists 0; rewrite mul0mx. Qed.
Lemma projects_one : projects_onto one one.
Proof. by split; rewrite ?trmx1 ?mul1mx //; exists 1%:M; rewrite mul1mx. Qed.
Lemma solves_one : solves one one one one.
Proof. by rewrite /solves !(mulmx1, trmx1). Qed.
Lemma critical_zero : critical one one one zero zero.
Proof.
by rewrite /critical /gradient_D /gradient_E !mul0mx trmx0 mulmx0 !mul0mx scaler0.
Qed.

(** A projector with k as its trace: D = 0. *)
Theorem not_projector_exists :
  ~ forall m k (D : 'M[R]_(m, k)), exists P, projects_onto P D /\ \tr P = k%:R.
Proof.
move=> /(_ 1%N 1%N zero)[P [/projector_unique/(_ projects_zero) ->]].
by rewrite mxtrace0 => /eqP; rewrite eq_sym oner_eq0.
Qed.

(** A projector that fixes the columns of D and may fix more: D = 0, P = 0 and 1. *)
Theorem not_projector_unique :
  ~ forall m k (D : 'M[R]_(m, k)) (P P' : 'M_m),
    [/\ P^T = P, P *m P = P & P *m D = D] -> [/\ P'^T = P', P' *m P' = P' & P' *m D = D] -> P = P'.
Proof.
by move=> /(_ 1%N 1%N 0 1%:M 0); rewrite !trmx0 trmx1 !mulmx0 mul1mx => bad; apply/one_neq0/bad.
Qed.

(** Without G G' G = G: G' = 0, all else 1. *)
Theorem not_pseudo_inverse_solves :
  ~ forall m l n d (B : 'M[R]_(l, n)) (X : 'M_(n, d)) (Y : 'M_(m, d)) (G' : 'M_l),
    let G := B *m X *m (B *m X)^T in
    [/\ G' *m G *m G' = G', (G *m G')^T = G *m G' & (G' *m G)^T = G' *m G] ->
    solves B X Y (Y *m (B *m X)^T *m G').
Proof.
move=> /(_ 1%N 1%N 1%N 1%N one one one zero) /=.
rewrite /solves !(mulmx0, mul0mx, trmx0, mulmx1, trmx1).
by move=> bad; apply/one_neq0/esym/bad.
Qed.

(** At any point: m = 2, all other sizes 1, D = e1, Z X~ = (1, 1)^T. *)
Theorem not_critical_commutes :
  ~ forall m k l n d (B : 'M[R]_(l, n)) (X : 'M_(n, d)) (Y : 'M_(m, d)) (D : 'M_(m, k))
      (Z : 'M_(m, l)) P,
    solves B X Y Z -> projects_onto P D -> P *m signal_by B X Z = signal_by B X Z *m P.
Proof.
pose e : 'cV[R]_2 := delta_mx 0 0; pose u : 'cV[R]_2 := const_mx 1.
have ee : e^T *m e = 1%:M.
  by rewrite trmx_delta mul_delta_mx; apply/matrixP=> i j; rewrite !ord1 !mxE.
have P1 : projects_onto (e *m e^T) e.
  split; rewrite ?trmx_mul ?trmxK //; last by exists e^T.
    by rewrite mulmxA -(mulmxA e) ee mulmx1.
  by rewrite -mulmxA ee mulmx1.
have Z1 : solves one one u u by rewrite /solves !(mulmx1, trmx1).
move=> /(_ _ _ _ _ _ _ _ _ _ _ _ Z1 P1); rewrite /signal_by !mulmx1.
move/matrixP/(_ 0 1); rewrite !mxE !big_ord_recl !big_ord0 !mxE !big_ord_recl !big_ord0 !mxE /=.
rewrite !(mul0r, mulr0, mul1r, mulr1, addr0, add0r) => /eqP.
by rewrite oner_eq0.
Qed.

(** At any point: D = 1, E = 0, all else 1. *)
Theorem not_critical_product :
  ~ forall m k l n d (B : 'M[R]_(l, n)) (X : 'M_(n, d)) (Y : 'M_(m, d)) (D : 'M_(m, k))
      (E : 'M_(k, l)) (Z : 'M_(m, l)) P,
    solves B X Y Z -> projects_onto P D -> D *m E *m (B *m X) = P *m Z *m (B *m X).
Proof.
move=> /(_ _ _ _ _ _ _ _ _ _ 0 _ _ solves_one projects_one).
by rewrite !mulmx0 mul0mx !mulmx1 => /esym/one_neq0.
Qed.

(** tr Sigma in place of tr P Sigma: D = E = 0, all else 1. *)
Theorem not_critical_loss :
  ~ forall m k l n d (B : 'M[R]_(l, n)) (X : 'M_(n, d)) (Y : 'M_(m, d)) (D : 'M_(m, k))
      (E : 'M_(k, l)) (Z : 'M_(m, l)),
    critical B X Y D E -> solves B X Y Z ->
    loss B X Y D E = \tr (Y *m Y^T) - \tr (signal_by B X Z).
Proof.
move=> /(_ _ _ _ _ _ _ _ _ _ _ _ critical_zero solves_one).
rewrite /signal_by /loss !mul0mx sub0r sqN !mulmx1 subrr sq_num expr1n => /eqP.
by rewrite oner_eq0.
Qed.

(** <r, C> in place of 2 <r, C>: D = E = 0, all else 1. *)
Theorem not_loss_along_line :
  ~ forall m k l n d (B : 'M[R]_(l, n)) (X : 'M_(n, d)) (Y : 'M_(m, d)) (D F : 'M_(m, k))
      (E G : 'M_(k, l)) (t : R),
    let A := (F *m E + D *m G) *m (B *m X) in let C := F *m G *m (B *m X) in
    loss B X Y (D + t *: F) (E + t *: G) = loss B X Y D E
      + t * (<[gradient_D B X Y D E, F]> + <[gradient_E B X Y D E, G]>)
      + t ^+ 2 * (sq A + <[D *m E *m B *m X - Y, C]>) + t ^+ 3 * (2 * <[A, C]>) + t ^+ 4 * sq C.
Proof.
move=> /(_ 1%N 1%N 1%N 1%N 1%N one one one 0 one 0 one 1) /=.
rewrite loss_along_line /= !mul0mx mulmx0 add0r !mul0mx sub0r !mulmx1 ipNl -/(sq one) sq_num.
move/eqP; rewrite -subr_eq0 !expr1n (_ : _ - _ = - 1); last by ring.
by rewrite oppr_eq0 oner_eq0.
Qed.

(** One gradient alone: D = 1, E = 0, all else 1. *)
Theorem not_min_or_strict_saddle :
  ~ forall m k l n d (B : 'M[R]_(l, n)) (X : 'M_(n, d)) (Y : 'M_(m, d)) (D : 'M_(m, k))
      (E : 'M_(k, l)), gradient_D B X Y D E = 0 ->
    global_min B X Y D E \/ exists (F : 'M_(m, k)) (G : 'M_(k, l)) (a b c : R),
      a < 0 /\ forall t, loss B X Y (D + t *: F) (E + t *: G) =
        loss B X Y D E + a * t ^+ 2 + b * t ^+ 3 + c * t ^+ 4.
Proof.
move=> /(_ 1%N 1%N 1%N 1%N 1%N one one one one zero); rewrite /gradient_D mulmx0 !mul0mx trmx0.
rewrite mulmx0 scaler0 => /(_ erefl) [low|[F [G [a [b [c [neg line]]]]]]].
  have := low one one; rewrite /loss !(mulmx1, mulmx0) sub0r sqN subrr sq_num expr1n.
  by rewrite /sq ip0l leNgt ltr01.
(* on the line the loss is ((1 + t f) t g - 1)^2, so g = 0 and a = 0 *)
pose f := F 0 0; pose g := G 0 0.
have eF : F = f%:M by rewrite [LHS]mx11_scalar.
have eG : G = g%:M by rewrite [LHS]mx11_scalar.
have at_t t : ((1 + t * f) * (t * g) - 1) ^+ 2 = 1 + a * t ^+ 2 + b * t ^+ 3 + c * t ^+ 4.
  have := line t; rewrite /loss eF eG !mulmx1 mulmx0 sub0r sqN sq_num expr1n add0r => <-.
  by rewrite !scale_scalar_mx -raddfD -scalar_mxM -raddfB /= sq_num.
have g0 : g = 0.
  apply/eqP; rewrite -(mulrI_eq0 _ (lregP (_ : 24 != 0))) ?pnatr_eq0 //; apply/eqP.
  pose L t := ((1 + t * f) * (t * g) - 1) ^+ 2.
  have -> : 24 * g = 8 * (L (-1) - L 1) - (L (-2) - L 2) by rewrite /L; ring.
  by rewrite /L !at_t; ring.
have a0 : a = 0.
  apply/eqP; rewrite -(mulrI_eq0 _ (lregP (_ : 24 != 0))) ?pnatr_eq0 //; apply/eqP.
  pose L t := 1 + a * t ^+ 2 + b * t ^+ 3 + c * t ^+ 4.
  have -> : 24 * a = 16 * (L 1 + L (-1) - 2) - (L 2 + L (-2) - 2) by rewrite /L; ring.
  by rewrite /L -!at_t g0; ring.
by move: neg; rewrite a0 ltxx.
Qed.

(** At most k + 1 elements: m = 1, k = 0, I = {0}, all else 1. *)
Theorem not_every_index_set :
  ~ forall m k l n d (B : 'M[R]_(l, n)) (X : 'M_(n, d)) (Y : 'M_(m, d)) (Z : 'M_(m, l))
      (U : 'M_m) (s : 'rV_m), solves B X Y Z -> eigenbasis (signal_by B X Z) U s ->
    forall I : {set 'I_m}, (#|I| <= k.+1)%N ->
    exists (D : 'M_(m, k)) (E : 'M_(k, l)), [/\ critical B X Y D E,
      projects_onto (\sum_(i in I) col i U *m (col i U)^T) D &
      loss B X Y D E = \tr (Y *m Y^T) - \sum_(i in I) s 0 i].
Proof.
move=> /(_ 1%N 0%N 1%N 1%N 1%N one one one one one (const_mx 1) solves_one).
have basis : eigenbasis (signal_by one one one) one (const_mx 1).
  by split; rewrite /signal_by !(mul1mx, mulmx1, trmx1) // diag_const_mx.
move=> /(_ basis [set 0]); rewrite cards1 => /(_ isT)[D [E [_ _]]].
rewrite big_set1 mxE [D]thinmx0 /loss !mul0mx sub0r sqN sq_num trmx1 mulmx1 mxtrace1 subrr.
by move/eqP; rewrite expr1n oner_eq0.
Qed.

(** Without the order of the eigenvalues: m = 2, all other sizes 1, Y = e2, s = (0, 1). *)
Theorem not_least_loss :
  ~ forall m k l n d (B : 'M[R]_(l, n)) (X : 'M_(n, d)) (Y : 'M_(m, d)) (Z : 'M_(m, l))
      (U : 'M_m) (s : 'rV_m), solves B X Y Z -> eigenbasis (signal_by B X Z) U s ->
    let least := \tr (Y *m Y^T) - \sum_(i < m | (i < k)%N) s 0 i in
    (exists (D : 'M_(m, k)) (E : 'M_(k, l)), loss B X Y D E = least) /\
    forall (D : 'M_(m, k)) (E : 'M_(k, l)), least <= loss B X Y D E.
Proof.
pose e : 'cV[R]_2 := delta_mx 1 0; pose s : 'rV[R]_2 := delta_mx 0 1.
have Z1 : solves one one e e by rewrite /solves !(mulmx1, trmx1).
have basis : eigenbasis (signal_by one one e) 1%:M s.
  split; rewrite ?trmx1 /signal_by !mulmx1 ?mul1mx // trmx_delta mul_delta_mx.
  apply/matrixP => i j; rewrite !mxE eqxx /=.
  by case: i => [[|[|//]] ?]; case: j => [[|[|//]] ?].
move=> /(_ 2%N 1%N 1%N 1%N 1%N one one e e 1%:M s Z1 basis)[_ /(_ e one)].
rewrite /loss !mulmx1 subrr /sq ip0l !big_mkcond !big_ord_recl big_ord0 /= mxE /=.
rewrite trmx_delta mul_delta_mx /mxtrace !big_ord_recl big_ord0 !mxE /=.
by rewrite !addr0 add0r subr0 leNgt ltr01.
Qed.

(** Without the symmetry: m = 2, a one beside the diagonal. *)
Theorem not_eigenbasis_exists :
  ~ forall m (S : 'M[R]_m), exists U s, eigenbasis S U s /\
    forall i j : 'I_m, (i <= j)%N -> s 0 j <= s 0 i.
Proof.
move=> /(_ 2%N (delta_mx 0 1))[U [s [[UU SU] _]]].
have SE : delta_mx 0 1 = U *m diag_mx s *m U^T by rewrite -SU -mulmxA (mulmx1C UU) mulmx1.
have : (delta_mx 0 1 : 'M[R]_2)^T = delta_mx 0 1 by rewrite SE !trmx_mul trmxK tr_diag_mx mulmxA.
by move/matrixP/(_ 0 1); rewrite !mxE /= => /eqP; rewrite eq_sym oner_eq0.
Qed.

Lemma basis_one : eigenbasis (signal_by one one one) one (const_mx 1).
Proof. by split; rewrite /signal_by !(mul1mx, mulmx1, trmx1) // diag_const_mx. Qed.

(** A critical point in place of a local minimum: D = E = 0, all else 1. *)
Theorem not_local_min_value :
  ~ forall m k l n d (B : 'M[R]_(l, n)) (X : 'M_(n, d)) (Y : 'M_(m, d)) (Z : 'M_(m, l))
      (U : 'M_m) (s : 'rV_m), solves B X Y Z -> eigenbasis (signal_by B X Z) U s ->
    forall (D : 'M_(m, k)) (E : 'M_(k, l)), (forall i j : 'I_m, (i <= j)%N -> s 0 j <= s 0 i) ->
    critical B X Y D E ->
    loss B X Y D E = \tr (Y *m Y^T) - \sum_(i < m | (i < k)%N) s 0 i.
Proof.
move=> /(_ _ _ _ _ _ _ _ _ _ _ _ solves_one basis_one _ _ _ critical_zero) bad.
have sorted (i j : 'I_1) : (i <= j)%N -> (const_mx 1 : 'rV[R]_1) 0 j <= (const_mx 1 : 'rV_1) 0 i.
  by move=> _; rewrite !mxE.
have := bad sorted; rewrite /loss !mul0mx sub0r sqN sq_num trmx1 mulmx1 mxtrace1.
by rewrite big_mkcond big_ord1 /= mxE subrr expr1n => /eqP; rewrite oner_eq0.
Qed.

(** At any point: D = E = 2, all else 1. *)
Theorem not_critical_value :
  ~ forall m k l n d (B : 'M[R]_(l, n)) (X : 'M_(n, d)) (Y : 'M_(m, d)) (Z : 'M_(m, l))
      (U : 'M_m) (s : 'rV_m), solves B X Y Z -> eigenbasis (signal_by B X Z) U s ->
    forall (D : 'M_(m, k)) (E : 'M_(k, l)), (forall i j, 0 < s 0 i -> s 0 i = s 0 j -> i = j) ->
    exists I : {set 'I_m}, [/\ (#|I| <= k)%N, forall i, i \in I -> 0 < s 0 i &
      loss B X Y D E = \tr (Y *m Y^T) - \sum_(i in I) s 0 i].
Proof.
move=> /(_ _ 1%N _ _ _ _ _ _ _ _ _ solves_one basis_one 2%:M 2%:M)[|I [_ _]].
  by move=> i j _ _; rewrite !ord1.
rewrite /loss !mulmx1 -scalar_mxM -raddfB sq_num trmx1 mulmx1 mxtrace1 big_mkcond big_ord1 mxE.
move=> /eqP; rewrite (_ : (2 * 2 - 1) ^+ 2 = 9 :> R); last by ring.
by case: ifP => _; rewrite ?subrr ?subr0 ?pnatr_eq0 // (eqr_nat R 9 1).
Qed.

(** For all eigenvalues, 0 as well: Y = E = 0, all else 1. *)
Theorem not_critical_index_set :
  ~ forall m k l n d (B : 'M[R]_(l, n)) (X : 'M_(n, d)) (Y : 'M_(m, d)) (Z : 'M_(m, l))
      (U : 'M_m) (s : 'rV_m), solves B X Y Z -> eigenbasis (signal_by B X Z) U s ->
    forall (D : 'M_(m, k)) (E : 'M_(k, l)) P,
    (forall i j, 0 < s 0 i -> s 0 i = s 0 j -> i = j) -> critical B X Y D E ->
    projects_onto P D ->
    exists I : {set 'I_m}, [/\ (#|I| <= k)%N, forall i, i \in I -> 0 < s 0 i,
      forall i, P *m col i U = (i \in I)%:R *: col i U &
      loss B X Y D E = \tr (Y *m Y^T) - \sum_(i in I) s 0 i].
Proof.
have Z0 : solves one one zero zero by rewrite /solves !mul0mx.
have basis : eigenbasis (signal_by one one zero) one 0.
  split; first by rewrite trmx1 mulmx1.
  by rewrite /signal_by !mul0mx mul1mx; apply/matrixP => i j; rewrite !mxE mul0rn.
move=> /(_ _ _ _ _ _ _ _ _ _ _ _ Z0 basis one zero one) bad.
have crit : critical one one zero one zero.
  rewrite /critical /gradient_D /gradient_E !mul0mx !mulmx0 !mul0mx subrr.
  by rewrite !mulmx0 !mul0mx scaler0.
have [|I [_ pos PI _]] := bad _ crit projects_one; first by move=> i j _ _; rewrite !ord1.
have /matrixP/(_ 0 0) := PI 0; rewrite mul1mx !mxE eqxx.
case: (boolP (0 \in I)) => [/pos|_]; first by rewrite mxE ltxx.
by rewrite mul0r => /eqP; rewrite oner_eq0.
Qed.

(** k - 1 in the place of k: D = E = 0, all else 1. *)
Theorem not_minimal_index_set :
  ~ forall m k l n d (B : 'M[R]_(l, n)) (X : 'M_(n, d)) (Y : 'M_(m, d)) (Z : 'M_(m, l))
      (U : 'M_m) (s : 'rV_m), solves B X Y Z -> eigenbasis (signal_by B X Z) U s ->
    forall (D : 'M_(m, k)) (E : 'M_(k, l)) P,
    (forall i j : 'I_m, (i <= j)%N -> s 0 j <= s 0 i) ->
    (forall i j, 0 < s 0 i -> s 0 i = s 0 j -> i = j) -> critical B X Y D E ->
    projects_onto P D ->
    global_min B X Y D E <->
    forall i, 0 < s 0 i -> P *m col i U = (i < k.-1)%N%:R *: col i U.
Proof.
move=> /(_ _ _ _ _ _ _ _ _ _ _ _ solves_one basis_one zero zero zero) bad.
have sorted (i j : 'I_1) : (i <= j)%N -> (const_mx 1 : 'rV[R]_1) 0 j <= (const_mx 1 : 'rV_1) 0 i.
  by move=> _; rewrite !mxE.
have distinct (i j : 'I_1) : 0 < (const_mx 1 : 'rV[R]_1) 0 i ->
    (const_mx 1 : 'rV[R]_1) 0 i = (const_mx 1 : 'rV_1) 0 j -> i = j by rewrite !ord1.
have [_ min] := bad sorted distinct critical_zero projects_zero.
have none i : 0 < (const_mx 1 : 'rV[R]_1) 0 i -> zero *m col i one = 0 *: col i one.
  by rewrite mul0mx scale0r.
have := min none one one; rewrite /loss !mulmx1 !mul0mx sub0r sqN subrr sq_num expr1n.
by rewrite /sq ip0l ler10.
Qed.
End Neighbours.
