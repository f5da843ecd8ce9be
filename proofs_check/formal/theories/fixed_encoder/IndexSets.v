(** * Every set of eigenvectors gives a critical point; the least loss *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Projectors Descent.
From Butterfly Require Import LocalMinima ClosedForms.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section IndexSets.
Variable R : realFieldType.

(** The trace of the projector onto the columns of D is the rank of D. *)
Lemma projects_trace m k (D : 'M[R]_(m, k)) P : projects_onto P D -> \tr P = (\rank D)%:R.
Proof.
move=> PD; have [T PE] := projects_left PD; have [_ _ fixD _] := PD.
have /row_fullP[L LC] := col_base_full D.
have /row_freeP[K DK] := row_base_free D.
move: (col_base D) (row_base D) (mulmx_base D) LC DK => C r Cr LC DK.
have PC : P *m C = C.
  have : P *m (C *m r) *m K = C *m r *m K by rewrite Cr fixD.
  by rewrite -!mulmxA DK !mulmx1.
have PE' : P = T *m r^T *m C^T by rewrite -mulmxA -trmx_mul Cr.
by rewrite PE'; apply: projector_tr LC _; rewrite -PE'.
Qed.

(** ** The index set I: the matrix J with the ones of I on its diagonal is S S^T *)
Section Selection.
Variables (m k : nat) (I : {set 'I_m}).
Definition indicator : 'rV[R]_m := \row_i (i \in I)%:R.
Definition selection : 'M[R]_(m, k) := \matrix_(i, j) ((i \in I) && (index i (enum I) == j))%:R.

Lemma selection_gram : (#|I| <= k)%N -> selection *m selection^T = diag_mx indicator.
Proof.
move=> Ik; apply/matrixP => i i'; rewrite !mxE.
have [iI|niI] := boolP (i \in I); last first.
  by rewrite big1 ?mul0rn // => j _; rewrite !mxE (negbTE niI) mul0r.
have ik : (index i (enum I) < k)%N.
  by apply: leq_trans Ik; rewrite cardE index_mem mem_enum.
rewrite (bigD1 (Ordinal ik)) //= big1 => [|j jk]; last first.
  rewrite !mxE iI /= (_ : _ == _ = false) ?mul0r //; apply/eqP => e.
  by case/eqP: jk; apply/val_inj.
rewrite !mxE iI eqxx mul1r addr0; congr (_%:R); congr nat_of_bool.
apply/andP/eqP => [[i'I /eqP e]|<-]; last by rewrite iI eqxx.
by have := congr1 (nth i (enum I)) e; rewrite !nth_index ?mem_enum // => ->.
Qed.

Lemma indicator_selection : diag_mx indicator *m selection = selection.
Proof.
apply/matrixP => i j; rewrite mul_diag_mx !mxE.
by case: (i \in I); rewrite ?mul1r ?mul0r.
Qed.
End Selection.

Section Eigenbasis.
Variables (m k l n d : nat) (B : 'M[R]_(l, n)) (X : 'M[R]_(n, d)) (Y : 'M[R]_(m, d)).
Variables (Z : 'M[R]_(m, l)) (U : 'M[R]_m) (s : 'rV[R]_m).
Hypotheses (Zeq : solves B X Y Z) (basis : eigenbasis (signal_by B X Z) U s).
Let N := Z *m (B *m X).
Let Sigma := signal_by B X Z.

Lemma basis_left : U *m U^T = 1%:M.
Proof. exact: mulmx1C basis.1. Qed.

(** tr P Sigma is the sum of s_i |P u_i|^2. *)
Lemma trace_by_basis (P : 'M[R]_m) : \tr (P *m Sigma) = \sum_i s 0 i * (U^T *m P *m U) i i.
Proof.
have -> : \tr (P *m Sigma) = \tr (diag_mx s *m (U^T *m P *m U)).
  rewrite -[Sigma]mulmx1 -basis_left (mulmxA Sigma) basis.2 mxtrace_mulC.
  by rewrite -!mulmxA mxtrace_mulC !mulmxA.
by apply: eq_bigr => i _; rewrite mul_diag_mx mxE.
Qed.

Lemma gram_ge0 p q (A : 'M[R]_(p, q)) i : 0 <= (A *m A^T) i i.
Proof. by rewrite mxE; apply: sumr_ge0 => j _; rewrite mxE -expr2 sqr_ge0. Qed.

Lemma eigenvalue_ge0 i : 0 <= s 0 i.
Proof.
have : (U^T *m N) *m (U^T *m N)^T = diag_mx s.
  rewrite trmx_mul trmxK -mulmxA (mulmxA N) -[N *m N^T]/Sigma basis.2 mulmxA basis.1.
  by rewrite mul1mx.
by move/matrixP/(_ i i); rewrite [RHS]mxE eqxx mulr1n => <-; apply: gram_ge0.
Qed.

(** 0 <= |P u_i|^2 <= 1. *)
Lemma share_bounds (P : 'M[R]_m) i : P^T = P -> P *m P = P -> 0 <= (U^T *m P *m U) i i <= 1.
Proof.
have share (Q : 'M[R]_m) : Q^T = Q -> Q *m Q = Q -> 0 <= (U^T *m Q *m U) i i.
  move=> QT QQ; suff -> : U^T *m Q *m U = (U^T *m Q) *m (U^T *m Q)^T by apply: gram_ge0.
  by rewrite trmx_mul trmxK QT !mulmxA -(mulmxA U^T Q Q) QQ.
move=> PT PP; rewrite share //= -subr_ge0.
have -> : 1 - (U^T *m P *m U) i i = (U^T *m (1%:M - P) *m U) i i.
  by rewrite mulmxBr mulmx1 mulmxBl basis.1 !mxE eqxx.
apply: share; first by rewrite linearB /= trmx1 PT.
by rewrite mulmxBl mul1mx mulmxBr mulmx1 PP subrr subr0.
Qed.

(** ** Every I with at most k elements occurs *)
Section Realised.
Variable I : {set 'I_m}.
Hypothesis Ik : (#|I| <= k)%N.
Let D : 'M[R]_(m, k) := U *m selection k I.
Let E : 'M[R]_(k, l) := D^T *m Z.
Let J := diag_mx (indicator I).
Let P := U *m J *m U^T.

Lemma realised_gram : D *m D^T = P.
Proof. by rewrite trmx_mul mulmxA -(mulmxA U) selection_gram. Qed.

Lemma realised_projector : projects_onto P D.
Proof.
have JT : J^T = J by rewrite tr_diag_mx.
have JJ : J *m J = J.
  by rewrite /J mulmx_diag; congr diag_mx; apply/rowP => i; rewrite !mxE; case: (i \in I);
    rewrite ?mulr1 ?mulr0.
split; last by exists D^T; rewrite realised_gram.
- by rewrite !trmx_mul trmxK JT mulmxA.
- by rewrite /P !mulmxA -(mulmxA _ U^T U) basis.1 mulmx1 -(mulmxA U J) JJ.
by rewrite /P /D mulmxA -(mulmxA _ U^T U) basis.1 mulmx1 -mulmxA indicator_selection.
Qed.

Lemma realised_critical : critical B X Y D E.
Proof.
have [PT PP fixD _] := realised_projector.
have DEX : D *m E *m B *m X = P *m N by rewrite /E mulmxA realised_gram !mulmxA.
have NX : N *m (B *m X)^T = Y *m (B *m X)^T by rewrite -mulmxA.
have YN : Y *m N^T = Sigma.
  by rewrite /N trmx_mul mulmxA -NX -mulmxA -trmx_mul.
(* Sigma takes the range of D into itself *)
have fixS : P *m (Sigma *m D) = Sigma *m D.
  have SD : Sigma *m D = D *m ((selection k I)^T *m diag_mx s *m selection k I).
    rewrite /D mulmxA basis.2 !mulmxA -(mulmxA U _ (selection k I)^T) selection_gram //.
    by rewrite -(mulmxA U J) diag_mxC -!mulmxA indicator_selection.
  by rewrite SD mulmxA fixD.
split; rewrite /gradient_D /gradient_E DEX.
  have -> : E *m B *m X = D^T *m N by rewrite /E !mulmxA.
  rewrite trmx_mul trmxK mulmxA mulmxBl YN -(mulmxA P) -[N *m N^T]/Sigma mulmxBl -mulmxA fixS.
  by rewrite subrr scaler0.
rewrite -mulmxA mulmxBl -(mulmxA P) NX mulmxBr mulmxA -{1}PT -trmx_mul fixD subrr.
by rewrite scaler0.
Qed.

Lemma realised_loss : loss B X Y D E = \tr (Y *m Y^T) - \sum_(i in I) s 0 i.
Proof.
rewrite (critical_loss realised_critical Zeq realised_projector) trace_by_basis.
congr (_ - _); rewrite [RHS]big_mkcond; apply: eq_bigr => i _.
rewrite /P !mulmxA basis.1 mul1mx -mulmxA basis.1 mulmx1 !mxE eqxx.
by case: (i \in I); rewrite ?mulr1 ?mulr0.
Qed.

Lemma realised_sum : P = \sum_(i in I) col i U *m (col i U)^T.
Proof.
apply/matrixP => a b; rewrite summxE mxE [RHS]big_mkcond; apply: eq_bigr => i _.
rewrite mul_mx_diag !mxE big_ord1 !mxE.
by case: (i \in I); rewrite ?mulr1 // mulr0 mul0r.
Qed.
End Realised.

(** With B fixed, every set I of at most k eigenvectors has a critical point. *)
Theorem every_index_set (I : {set 'I_m}) : (#|I| <= k)%N ->
  exists (D : 'M[R]_(m, k)) (E : 'M[R]_(k, l)), [/\ critical B X Y D E,
    projects_onto (\sum_(i in I) col i U *m (col i U)^T) D &
    loss B X Y D E = \tr (Y *m Y^T) - \sum_(i in I) s 0 i].
Proof.
move=> Ik; exists (U *m selection k I), ((U *m selection k I)^T *m Z).
by rewrite -realised_sum; split;
  [apply: realised_critical | apply: realised_projector | apply: realised_loss].
Qed.

(** ** The least loss *)
Theorem least_loss : (forall i j : 'I_m, (i <= j)%N -> s 0 j <= s 0 i) ->
  let least := \tr (Y *m Y^T) - \sum_(i < m | (i < k)%N) s 0 i in
  (exists (D : 'M[R]_(m, k)) (E : 'M[R]_(k, l)), loss B X Y D E = least) /\
  forall (D : 'M[R]_(m, k)) (E : 'M[R]_(k, l)), least <= loss B X Y D E.
Proof.
move=> sorted least; split.
  pose I := [set i : 'I_m | (i < k)%N].
  have Ik : (#|I| <= k)%N.
    rewrite cardE -(size_map val) -(size_iota 0 k); apply: uniq_leq_size.
      by rewrite map_inj_uniq ?enum_uniq //; apply: val_inj.
    by move=> x /mapP[i]; rewrite mem_enum inE mem_iota => ik ->.
  have [D [E [_ _ h]]] := every_index_set Ik; exists D, E; rewrite h; congr (_ - _).
  by apply: eq_bigl => i; rewrite inE.
move=> D E; have [P PD] := projector_exists D; have [PT PP fixD _] := PD.
rewrite loss_residual; apply: le_trans (residual_ge Zeq E PT PP fixD).
have -> : sq (Y - Z *m (B *m X)) + (sq (Z *m (B *m X)) - sq (P *m (Z *m (B *m X)))) =
    \tr (Y *m Y^T) - \tr (P *m Sigma).
  have YN : <[Y, N]> = sq N by have := ipYN Zeq 1%:M Z; rewrite !mul1mx.
  rewrite -/N sqB YN proj_sq // /Sigma /signal_by -/N mulmxA -/(ip (P *m N) N) (ipC (P *m N)).
  by rewrite -/(ip Y Y) -/(sq Y); move: (sq Y) (sq N) <[N, _]> => a b c; ring.
rewrite lerB // trace_by_basis.
pose c i := (U^T *m P *m U) i i; pose h (i : 'I_m) : R := (i < k)%N%:R.
have c01 i : 0 <= c i <= 1 by apply: share_bounds.
have sum_c : \sum_i c i <= k%:R.
  rewrite -/(\tr (U^T *m P *m U)) mxtrace_mulC mulmxA basis_left mul1mx (projects_trace PD).
  by rewrite ler_nat rank_leq_col.
(* s_i c_i <= s_i h_i + tau (c_i - h_i) at the threshold tau = s_k, or 0 if k >= m *)
have [tau [low high le0]] : exists tau, [/\ forall i : 'I_m, (i < k)%N -> tau <= s 0 i,
    forall i : 'I_m, (k <= i)%N -> s 0 i <= tau & tau * (\sum_i c i - \sum_i h i) <= 0].
  have [mk|km] := leqP m k.
    exists 0; split=> [i _|i ki|]; last by rewrite mul0r.
      exact: eigenvalue_ge0.
    by have := leq_ltn_trans ki (ltn_ord i); rewrite ltnNge mk.
  exists (s 0 (Ordinal km)); split=> [i ik|i ki|]; try by apply: sorted => //; apply: ltnW.
  have -> : \sum_i h i = k%:R.
    have -> : k%:R = \sum_(i < k) 1 :> R by rewrite sumr_const card_ord.
    rewrite (big_ord_widen m (fun=> 1) (ltnW km)).
    by rewrite [RHS]big_mkcond; apply: eq_bigr => i _; rewrite /h; case: ifP.
  by rewrite mulr_ge0_le0 ?eigenvalue_ge0 // subr_le0.
have -> : \sum_(i < m | (i < k)%N) s 0 i = \sum_i s 0 i * h i.
  by rewrite big_mkcond; apply: eq_bigr => i _; rewrite /h; case: ifP; rewrite ?mulr1 ?mulr0.
rewrite -subr_le0 -sumrB; apply: le_trans le0; rewrite -sumrB mulr_sumr.
apply: ler_sum => i _; rewrite -mulrBr -subr_ge0 -mulrBl; have /andP[c0 c1] := c01 i.
have [ik|ki] := ltnP i k; rewrite /h.
  by rewrite ik mulr_le0 // subr_le0 ?low.
by rewrite ltnNge ki subr0 mulr_ge0 // subr_ge0 high.
Qed.

Theorem local_min_value (D : 'M[R]_(m, k)) (E : 'M[R]_(k, l)) :
  (forall i j : 'I_m, (i <= j)%N -> s 0 j <= s 0 i) -> local_min B X Y D E ->
  loss B X Y D E = \tr (Y *m Y^T) - \sum_(i < m | (i < k)%N) s 0 i.
Proof.
move=> sorted lm; have [[D' [E' best]] least] := least_loss sorted.
by apply/eqP; rewrite eq_le least -best (local_min_global lm).
Qed.

(** ** The critical values, where no two positive eigenvalues are equal

    The range of D contains the eigenvectors of a set I of positive eigenvalues, and is orthogonal
    to those of the others. *)
Theorem critical_index_set (D : 'M[R]_(m, k)) (E : 'M[R]_(k, l)) P :
  (forall i j, 0 < s 0 i -> s 0 i = s 0 j -> i = j) -> critical B X Y D E -> projects_onto P D ->
  exists I : {set 'I_m}, [/\ (#|I| <= k)%N, forall i, i \in I -> 0 < s 0 i,
    forall i, 0 < s 0 i -> P *m col i U = (i \in I)%:R *: col i U &
    loss B X Y D E = \tr (Y *m Y^T) - \sum_(i in I) s 0 i].
Proof.
move=> distinct crit PD; have [PT PP _ _] := PD.
pose C := U^T *m P *m U; have UUT := basis_left.
have CT : C^T = C by rewrite /C !trmx_mul trmxK PT mulmxA.
have CC : C *m C = C by rewrite /C !mulmxA -(mulmxA _ U U^T) UUT mulmx1 -(mulmxA U^T P P) PP.
(* U^T P U commutes with the diagonal matrix of the eigenvalues *)
have comm : C *m diag_mx s = diag_mx s *m C.
  have SU : U^T *m Sigma = diag_mx s *m U^T.
    by rewrite -[LHS]mulmx1 -UUT mulmxA -(mulmxA U^T) basis.2 mulmxA basis.1 mul1mx.
  rewrite /C -mulmxA -basis.2 -/Sigma mulmxA -(mulmxA U^T) (critical_commutes crit Zeq PD).
  by rewrite mulmxA -/Sigma SU !mulmxA.
have off i j : 0 < s 0 i -> j != i -> C i j = 0.
  move=> si ji; have /matrixP/(_ i j) := comm; rewrite mul_mx_diag mul_diag_mx !mxE => /eqP.
  rewrite mulrC -subr_eq0 -mulrBl mulf_eq0 subr_eq0 => /orP[/eqP e|/eqP //].
  by case/eqP: ji; apply/esym/distinct.
have bit i : 0 < s 0 i -> C i i = (C i i == 1)%:R.
  move=> si; have /matrixP/(_ i i) := CC; rewrite mxE (bigD1 i) //= big1 => [|j ji]; last first.
    by rewrite off ?mul0r.
  rewrite addr0 => /eqP; rewrite -subr_eq0 -{3}[C i i]mulr1 -mulrBr mulf_eq0 subr_eq0.
  by have [-> //|_] := eqVneq (C i i) 1; rewrite orbF => /eqP ->.
have C01 i : 0 <= C i i <= 1 by apply: share_bounds.
pose I := [set i | (0 < s 0 i) && (C i i == 1)]; exists I; split.
- rewrite -(ler_nat R); apply: (@le_trans _ _ (\sum_i C i i)).
    rewrite -sum1_card natr_sum big_mkcond; apply: ler_sum => i _.
    by rewrite inE; case: andP => [[_ /eqP ->]|_] //; case/andP: (C01 i).
  rewrite -/(\tr C) mxtrace_mulC mulmxA UUT mul1mx (projects_trace PD).
  by rewrite ler_nat rank_leq_col.
- by move=> i; rewrite inE => /andP[].
- move=> i si; rewrite inE si /= -(bit _ si).
  have -> : P *m col i U = U *m col i C by rewrite !colE /C !mulmxA UUT mul1mx.
  rewrite (colE i U) scalemxAr; congr (U *m _); apply/colP => j.
  rewrite mxE [RHS]mxE [X in _ * X]mxE andbT -{1}CT mxE.
  by have [->|ji] := eqVneq j i; rewrite ?mulr1 // mulr0 off.
rewrite (critical_loss crit Zeq PD) trace_by_basis [in RHS]big_mkcond; congr (_ - _).
apply: eq_bigr => i _; rewrite inE -/C; have := eigenvalue_ge0 i; rewrite le_eqVlt.
case/orP => [/eqP e|si]; first by rewrite -e mul0r ltxx.
by rewrite si /= {1}(bit _ si); case: (C i i == 1); rewrite ?mulr1 ?mulr0.
Qed.

Theorem critical_value (D : 'M[R]_(m, k)) (E : 'M[R]_(k, l)) :
  (forall i j, 0 < s 0 i -> s 0 i = s 0 j -> i = j) -> critical B X Y D E ->
  exists I : {set 'I_m}, [/\ (#|I| <= k)%N, forall i, i \in I -> 0 < s 0 i &
    loss B X Y D E = \tr (Y *m Y^T) - \sum_(i in I) s 0 i].
Proof.
move=> distinct crit; have [P PD] := projector_exists D.
by have [I [Ik pos _ value]] := critical_index_set distinct crit PD; exists I.
Qed.

(** ** The largest sum over k of them is attained by the first k alone *)
Lemma top_sum (I : {set 'I_m}) : (forall i j : 'I_m, (i <= j)%N -> s 0 j <= s 0 i) ->
  (forall i j, 0 < s 0 i -> s 0 i = s 0 j -> i = j) ->
  (#|I| <= k)%N -> (forall i, i \in I -> 0 < s 0 i) ->
  \sum_(i in I) s 0 i = \sum_(i < m | (i < k)%N) s 0 i ->
  I = [set i : 'I_m | (i < k)%N && (0 < s 0 i)].
Proof.
move=> sorted distinct Ik pos eq.
pose a (i : 'I_m) : R := (i < k)%N%:R; pose b (i : 'I_m) : R := (i \in I)%:R.
(* the threshold tau = s_k, or 0 if k >= m *)
have [tau [low high same few]] : exists tau, [/\ forall i : 'I_m, (i < k)%N -> tau <= s 0 i,
    forall i : 'I_m, (k <= i)%N -> s 0 i <= tau,
    forall i : 'I_m, (i < k)%N -> 0 < s 0 i -> s 0 i != tau &
    0 <= tau * (\sum_i a i - #|I|%:R)].
  have [mk|km] := leqP m k.
    exists 0; split=> [i _|i ki|i _ si|]; rewrite ?eigenvalue_ge0 ?gt_eqF ?mul0r //.
    by have := leq_ltn_trans ki (ltn_ord i); rewrite ltnNge mk.
  exists (s 0 (Ordinal km)); split=> [i ik|i ki|i ik si|].
  - by apply: sorted; apply: ltnW.
  - exact: sorted.
  - by apply/eqP => e; have ii := distinct _ _ si e; move: ik; rewrite ii ltnn.
  rewrite mulr_ge0 ?eigenvalue_ge0 // subr_ge0.
  suff -> : \sum_i a i = k%:R by rewrite ler_nat.
  have -> : k%:R = \sum_(i < k) 1 :> R by rewrite sumr_const card_ord.
  rewrite (big_ord_widen m (fun=> 1) (ltnW km)).
  by rewrite [RHS]big_mkcond; apply: eq_bigr => i _; rewrite /a; case: ifP.
have count_b : \sum_i b i = #|I|%:R.
  rewrite -sum1_card natr_sum [RHS]big_mkcond; apply: eq_bigr => i _.
  by rewrite /b; case: (_ \in _).
(* the terms (s_i - tau) (a_i - b_i) are not negative, and their sum is not positive *)
have term_ge0 i : 0 <= (s 0 i - tau) * (a i - b i).
  rewrite /a /b; case: ltnP => [ik|ki] /=.
    by rewrite mulr_ge0 ?subr_ge0 ?low ?ler_nat //; case: (i \in I).
  by rewrite mulr0n sub0r mulr_le0 ?subr_le0 ?high // oppr_le0 ler0n.
have difference : \sum_i s 0 i * a i = \sum_i s 0 i * b i.
  transitivity (\sum_(i < m | (i < k)%N) s 0 i).
    by rewrite [RHS]big_mkcond; apply: eq_bigr => i _; rewrite /a; case: ifP;
      rewrite ?mulr1 ?mulr0.
  rewrite -eq [LHS]big_mkcond; apply: eq_bigr => i _; rewrite /b; case: ifP;
    by rewrite ?mulr1 ?mulr0.
have sum_le0 : \sum_i (s 0 i - tau) * (a i - b i) <= 0.
  have -> : \sum_i (s 0 i - tau) * (a i - b i) =
      (\sum_i s 0 i * a i - \sum_i s 0 i * b i) - tau * (\sum_i a i - \sum_i b i).
    rewrite -!sumrB mulr_sumr -sumrB; apply: eq_bigr => i _.
    by move: (s 0 i) (a i) (b i) => x y z; ring.
  by rewrite difference subrr sub0r count_b oppr_le0.
have zero i : (s 0 i - tau) * (a i - b i) = 0.
  have : \sum_i (s 0 i - tau) * (a i - b i) == 0.
    by rewrite eq_le sum_le0 sumr_ge0.
  by rewrite psumr_eq0 // => /allP/(_ i (mem_index_enum i))/eqP.
have top (i : 'I_m) : (i < k)%N -> 0 < s 0 i -> i \in I.
  move=> ik si; apply: contraT => niI; have /eqP := zero i.
  rewrite /a /b ik (negbTE niI) mulr0n subr0 mulr1 subr_eq0 => e.
  by have := same i ik si; rewrite e.
apply/setP => i; rewrite inE; apply/idP/andP => [iI|[]]; last exact: top.
split; last exact: pos.
rewrite ltnNge; apply/negP => ki.
have tau0 : 0 < tau by apply: lt_le_trans (pos i iI) (high i ki).
move: few; rewrite pmulr_rge0 // subr_ge0 -count_b leNgt => /negP; apply.
rewrite -subr_gt0 -sumrB (bigD1 i) //= ltr_wpDr //.
  apply: sumr_ge0 => j _; rewrite subr_ge0 /a /b ler_nat.
  case: ltnP => // jk; case: (j \in I) (top j jk) => // nI.
  by have := nI (lt_le_trans tau0 (low j jk)).
by rewrite /a /b iI ltnNge ki subr0 ltr01.
Qed.

(** The global minima are the critical points with the I of the k largest eigenvalues. *)
Theorem minimal_index_set (D : 'M[R]_(m, k)) (E : 'M[R]_(k, l)) P :
  (forall i j : 'I_m, (i <= j)%N -> s 0 j <= s 0 i) ->
  (forall i j, 0 < s 0 i -> s 0 i = s 0 j -> i = j) -> critical B X Y D E -> projects_onto P D ->
  global_min B X Y D E <-> forall i, 0 < s 0 i -> P *m col i U = (i < k)%N%:R *: col i U.
Proof.
move=> sorted distinct crit PD.
have [I [Ik pos PI value]] := critical_index_set distinct crit PD.
have [[D' [E' best]] least] := least_loss sorted.
have sums : \sum_(i < m | (i < k)%N) s 0 i =
    \sum_(i in [set i : 'I_m | (i < k)%N && (0 < s 0 i)]) s 0 i.
  rewrite [LHS]big_mkcond [RHS]big_mkcond; apply: eq_bigr => i _; rewrite inE.
  have := eigenvalue_ge0 i; rewrite le_eqVlt => /orP[/eqP <-|->]; last by rewrite andbT.
  by rewrite ltxx andbF; case: ifP.
split=> [minimal i si|top D1 E1].
  rewrite PI // (top_sum sorted distinct Ik pos) ?inE ?si ?andbT //.
  have := minimal D' E'; rewrite best value lerD2l lerN2 => below.
  apply/eqP; rewrite eq_le below andbT; have := least D E; rewrite value lerD2l lerN2; exact.
suff -> : loss B X Y D E = \tr (Y *m Y^T) - \sum_(i < m | (i < k)%N) s 0 i by apply: least.
rewrite value sums; congr (_ - _); apply: eq_bigl => i; rewrite inE.
have [si|] := boolP (0 < s 0 i); last first.
  by rewrite andbF; apply: contraNF => /pos.
rewrite andbT; have /eqP := PI i si; rewrite top // -subr_eq0 -scalerBl scaler_eq0.
have u0 : col i U != 0.
  apply/eqP => u0; have /matrixP/(_ i i) := basis.1; rewrite !mxE eqxx big1 => [/eqP|j _].
    by rewrite eq_sym oner_eq0.
  by have /colP/(_ j) := u0; rewrite !mxE => ->; rewrite mulr0.
by rewrite (negbTE u0) orbF subr_eq0 eqr_nat; case: (i \in I); case: (i < k)%N.
Qed.
End Eigenbasis.
End IndexSets.
