(** * Over a real closed field every symmetric matrix has orthonormal eigenvectors *)
From mathcomp Require Import all_ssreflect all_algebra all_fingroup.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section Eigenvectors.
Variable R : rcfType.

(** ** The secular equation x - c = sum of b_i^2 / (x - s_i) has a solution above all s_i *)
Lemma secular n (s b : 'I_n -> R) (c : R) : (forall i, b i != 0) ->
  exists2 x, (forall i, s i < x) & x - c = \sum_i b i ^+ 2 / (x - s i).
Proof.
case: n s b => [|n] s b b0; first by exists c => [[]//|]; rewrite big_ord0 subrr.
pose P x := \prod_i (x - s i).
pose q : {poly R} := ('X - c%:P) * \prod_i ('X - (s i)%:P)
  - \sum_i (b i ^+ 2)%:P * \prod_(j | j != i) ('X - (s j)%:P).
have qE x : (forall i, s i < x) -> q.[x] = P x * (x - c - \sum_i b i ^+ 2 / (x - s i)).
  move=> above; rewrite mulrBr mulr_sumr /q !hornerE horner_prod horner_sum mulrC.
  congr (_ * _ - _); first by apply: eq_bigr => i _; rewrite !hornerE.
  apply: eq_bigr => i _; rewrite hornerM hornerC horner_prod /P [in RHS](bigD1 i) //=.
  have -> : \prod_(j | j != i) ('X - (s j)%:P).[x] = \prod_(j | j != i) (x - s j).
    by apply: eq_bigr => j _; rewrite !hornerE.
  have xi : x - s i != 0 by rewrite subr_eq0 gt_eqF.
  by move: (\prod_(j | _) _) (b i) => Q bi; field.
have P0 x : (forall i, s i < x) -> 0 < P x.
  by move=> above; apply: prodr_gt0 => i _; rewrite subr_gt0.
pose i0 := [arg max_(i > ord0) s i]%O; pose mu := s i0.
have top i : s i <= mu by rewrite /mu /i0; case: arg_maxP => //= j _; apply.
(* close above the largest s_i the left side is the smaller one *)
pose del := Num.min 1 (b i0 ^+ 2 / (`|mu - c| + 1)).
have b2 i : 0 < b i ^+ 2 by rewrite exprn_even_gt0 //= b0.
have k0 : 0 < `|mu - c| + 1 by rewrite ltr_wpDl.
have del0 : 0 < del by rewrite lt_min ltr01 divr_gt0.
have lo i : s i < mu + del by rewrite (le_lt_trans (top i)) // -subr_gt0 addrAC subrr add0r.
have sum0 (I : pred 'I_n.+1) x : (forall i, s i < x) ->
    0 <= \sum_(i | I i) b i ^+ 2 / (x - s i).
  by move=> above; apply: sumr_ge0 => i _; rewrite divr_ge0 ?ltW // subr_gt0.
have le0 : q.[mu + del] <= 0.
  rewrite qE // pmulr_rle0 ?P0 // (bigD1 i0) //= [mu + del - s i0]addrAC subrr add0r.
  rewrite subr_le0; apply: (@le_trans _ _ (b i0 ^+ 2 / del)); last by rewrite lerDl sum0.
  rewrite addrAC; apply: (@le_trans _ _ (`|mu - c| + 1)).
    by rewrite lerD ?ler_norm // ge_min lexx.
  by rewrite ler_pdivlMr // mulrC -ler_pdivlMr // ge_min lexx orbT.
(* far above them it is the larger one *)
pose K := 1 + \sum_i b i ^+ 2; pose hi := `|mu| + `|c| + K.
have K1 : 1 <= K by rewrite lerDl; apply: sumr_ge0 => i _; apply: ltW.
have hi_s i : K <= hi - s i.
  rewrite /hi addrAC lerDr subr_ge0 (le_trans (top i)) // (le_trans (ler_norm mu)) //.
  by rewrite lerDl.
have hi_c : K <= hi - c by rewrite /hi addrAC lerDr -addrA addr_ge0 // subr_ge0 ler_norm.
have up i : s i < hi by rewrite -subr_gt0 (lt_le_trans _ (hi_s i)) // (lt_le_trans ltr01).
have ge0 : 0 <= q.[hi].
  rewrite qE // pmulr_rge0 ?P0 // subr_ge0; apply: le_trans hi_c.
  rewrite /K -[X in X <= _]add0r lerD ?ler01 //; apply: ler_sum => i _.
  rewrite ler_pdivrMr ?subr_gt0 // -{1}[b i ^+ 2]mulr1 ler_wpM2l ?(ltW (b2 i)) //.
  exact: le_trans (hi_s i).
have lo_hi : mu + del <= hi.
  rewrite /hi lerD //; last by rewrite (le_trans _ K1) // ge_min lexx.
  by rewrite (le_trans (ler_norm mu)) // lerDl.
have [|x] := @poly_ivt R q _ _ lo_hi; first by rewrite le0 ge0.
move=> /andP[x_lo _] /rootP x0.
have above i : s i < x by apply: lt_le_trans x_lo.
exists x => //; move/eqP: x0; rewrite qE // mulf_eq0 (gt_eqF (P0 _ above)) /= subr_eq0.
by move/eqP.
Qed.

(** ** One eigenvector, from eigenvectors of a smaller matrix *)
Lemma bordered n (A U : 'M[R]_n) (s : 'rV_n) (b : 'cV_n) (c : 'M_1) : eigenbasis A U s ->
  exists2 v : 'cV[R]_(1 + n), v != 0 & exists x, block_mx c b^T b A *m v = x *: v.
Proof.
move=> [UU AU].
have [beta bE bT] : exists2 beta, b = U *m beta & b^T *m U = beta^T.
  by exists (U^T *m b); rewrite ?mulmxA ?(mulmx1C UU) ?mul1mx // trmx_mul trmxK.
have [/existsP[i /eqP i0]|] := boolP [exists i, beta i 0 == 0].
  exists (col_mx 0 (U *m delta_mx i 0)).
    apply/eqP => /(congr1 dsubmx); rewrite col_mxKd linear0 => /(congr1 (mulmx U^T)).
    rewrite mulmxA UU mul1mx mulmx0 => /matrixP/(_ i 0); rewrite !mxE !eqxx => /eqP.
    by rewrite oner_eq0.
  exists (s 0 i); rewrite mul_block_col !mulmx0 !add0r !mulmxA bT AU scale_col_mx scaler0.
  congr col_mx.
    by apply/matrixP => j k; rewrite !ord1 -colE !mxE i0.
  rewrite -mulmxA scalemxAr; congr (_ *m _).
  apply/matrixP => j k; rewrite mul_diag_mx !mxE ord1 !eqxx andbT.
  by have [->|] := eqVneq j i; rewrite ?mulr0.
rewrite negb_exists => /forallP b0.
have [x above xE] := @secular n (s 0) (fun i => beta i 0) (c 0 0) b0.
pose w : 'cV[R]_n := \col_i (beta i 0 / (x - s 0 i)).
exists (col_mx 1%:M (U *m w)).
  apply/eqP => /(congr1 usubmx); rewrite col_mxKu linear0 => /matrixP/(_ 0 0).
  by rewrite !mxE => /eqP; rewrite oner_eq0.
exists x; rewrite mul_block_col !mulmx1 !mulmxA bT AU scale_col_mx; congr col_mx.
  apply/matrixP => i j; rewrite !ord1 !mxE mulr1 -[RHS](subrK (c 0 0)) addrC; congr (_ + _).
  by rewrite xE; apply: eq_bigr => k _; rewrite !mxE mulrA.
rewrite {1}bE -mulmxA -mulmxDr scalemxAr; congr (_ *m _).
apply/matrixP => i j; rewrite ord1 mxE mul_diag_mx !mxE.
have xi : x - s 0 i != 0 by rewrite subr_eq0 gt_eqF.
by move: (beta i 0) (s 0 i) xi => y z xi; field.
Qed.

(** ** A reflection takes the first unit vector to any unit vector *)
Lemma inner_mx n (v w : 'cV[R]_n) : v^T *m w = (<[v, w]>)%:M.
Proof. by rewrite [LHS]mx11_scalar -ip_tr /ip trmxK trace_mx11. Qed.

Lemma reflection n (u : 'cV[R]_n.+1) : sq u = 1 ->
  exists2 H : 'M[R]_n.+1, H^T = H /\ H *m H = 1%:M & H *m delta_mx 0 0 = u.
Proof.
move=> u1; pose e : 'cV[R]_n.+1 := delta_mx 0 0; pose w := u - e.
have e1 : sq e = 1 by rewrite /sq -ip_tr /ip trmxK trmx_delta mul_delta_mx trace_mx11 mxE eqxx.
have [w0|w_n0] := eqVneq w 0.
  exists 1%:M; first by rewrite trmx1 mulmx1.
  by rewrite mul1mx; apply/eqP; rewrite eq_sym -subr_eq0 -/e -/w w0.
have sw : sq w != 0 by rewrite sq_eq0.
have we : sq w = - 2 * <[w, e]>.
  rewrite {1}/w sqB u1 e1 /w ipDl ipNl -/(sq e) e1; move: <[u, e]> => z; ring.
pose a := 2 / sq w; exists (1%:M - a *: (w *m w^T)).
  split; first by rewrite linearB linearZ /= trmx1 trmx_mul trmxK.
  have www : w *m w^T *m (w *m w^T) = sq w *: (w *m w^T).
    by rewrite mulmxA -(mulmxA w) vTv mul_mx_scalar -scalemxAl.
  rewrite mulmxBl mul1mx mulmxBr mulmx1 -scalemxAl -scalemxAr www !scalerA.
  rewrite (_ : a * a * sq w = a + a); last by rewrite -mulrA divfK // mulr_natr mulr2n.
  rewrite scalerDl; set W := a *: _; rewrite [W - (W + W)]addrC opprD -addrA addNr addr0.
  by rewrite opprK subrK.
rewrite mulmxBl mul1mx -scalemxAl -mulmxA inner_mx mul_mx_scalar scalerA.
have -> : a * <[w, e]> = - 1.
  by apply: (mulIf sw); rewrite /a mulrAC divfK // we; move: <[w, e]> => z; ring.
by rewrite scaleN1r opprK /w addrC subrK.
Qed.

(** ** Eigenvectors, by induction *)
Lemma eigenbasis_unsorted m (S : 'M[R]_m) : S^T = S -> exists U s, eigenbasis S U s.
Proof.
elim: m S => [|m IH] S ST.
  by exists 1%:M, 0; split; apply/matrixP => [[]].
have [/= ST1 ST2] : (ursubmx (S : 'M_(1 + m)))^T = dlsubmx (S : 'M_(1 + m)) /\
    (drsubmx (S : 'M_(1 + m)))^T = drsubmx (S : 'M_(1 + m)).
  by rewrite trmx_ursub trmx_drsub ST.
(* a unit eigenvector u, and a reflection H that takes the first unit vector to it *)
have [U0 [s0 basis0]] := IH _ ST2.
have [v v0 [x Sv]] := bordered (dlsubmx (S : 'M_(1 + m))) (ulsubmx (S : 'M_(1 + m))) basis0.
have ST3 : (dlsubmx (S : 'M_(1 + m)))^T = ursubmx (S : 'M_(1 + m)) by rewrite -ST1 trmxK.
rewrite ST3 submxK in Sv.
have v1 : 0 < sq v by rewrite lt_def sq_eq0 v0 sq_ge0.
pose u : 'cV[R]_m.+1 := (Num.sqrt (sq v))^-1 *: v.
have u1 : sq u = 1 by rewrite sqZ exprVn sqr_sqrtr ?ltW // mulVf ?gt_eqF.
have Su : S *m u = x *: u by rewrite -scalemxAr Sv scalerA mulrC -scalerA.
have [H [HT HH] He] := reflection u1.
(* T = H S H has x in the corner and zeros beside it *)
pose T0 : 'M[R]_m.+1 := H *m S *m H; pose T : 'M[R]_(1 + m) := T0.
have TT : T^T = T by rewrite /T /T0 !trmx_mul HT ST mulmxA.
have Tx : T0 *m delta_mx 0 0 = x *: delta_mx 0 0 :> 'cV_m.+1.
  by rewrite /T0 -!mulmxA He Su -scalemxAr -He (mulmxA H) HH mul1mx.
have corner : lsubmx T = x *: col_mx 1%:M 0 :> 'cV_(1 + m).
  have e1 : delta_mx 0 0 = col_mx 1%:M 0 :> 'cV[R]_(1 + m).
    apply/matrixP => i j; rewrite !ord1 -[i]splitK; case: (split i) => h /=.
      by rewrite col_mxEu !ord1 !mxE.
    by rewrite col_mxEd !mxE andbT.
  have := Tx; rewrite -/T e1 => <-.
  by rewrite -[RHS]/(T *m _) -{2}[T]hsubmxK mul_row_col mulmx1 mulmx0 addr0.
have dl0 : dlsubmx T = 0.
  have -> : dlsubmx T = dsubmx (lsubmx T) by apply/matrixP => i j; rewrite !mxE.
  by rewrite corner linearZ /= col_mxKd scaler0.
have ul : ulsubmx T = x%:M.
  have -> : ulsubmx T = usubmx (lsubmx T) by apply/matrixP => i j; rewrite !mxE.
  by rewrite corner linearZ /= col_mxKu scale_scalar_mx mulr1.
have ur0 : ursubmx T = 0 by rewrite -[LHS]trmxK trmx_ursub TT dl0 trmx0.
have T2 : (drsubmx T)^T = drsubmx T by rewrite trmx_drsub TT.
have [U1 [s1 [orth diag]]] := IH _ T2.
pose Q : 'M[R]_(1 + m) := block_mx 1%:M 0 0 U1.
have QQ : Q^T *m Q = 1%:M.
  rewrite tr_block_mx trmx1 !trmx0 mulmx_block !(mulmx0, mul0mx, mul1mx, addr0, add0r) orth.
  by rewrite -scalar_mx_block.
have TQ : T *m Q = Q *m diag_mx (row_mx x%:M s1).
  rewrite -[T]submxK ul ur0 dl0 diag_mx_row !mulmx_block !(mulmx0, mul0mx, addr0, add0r) diag.
  congr block_mx; rewrite mulmx1 mul1mx; apply/matrixP => i j.
  by rewrite !ord1 !mxE.
exists (H *m Q), (row_mx x%:M s1); split.
  by rewrite trmx_mul HT -mulmxA (mulmxA H) HH mul1mx.
rewrite -mulmxA -TQ /T /T0 -!mulmxA !(mulmxA H H) HH mul1mx //.
Qed.

(** In the order of the eigenvalues. *)
Theorem eigenbasis_exists m (S : 'M[R]_m) : S^T = S -> exists U s, eigenbasis S U s /\
  forall i j : 'I_m, (i <= j)%N -> s 0 j <= s 0 i.
Proof.
move=> /eigenbasis_unsorted[U [s [UU SU]]]; pose t := [tuple s 0 i | i < m].
have /tuple_permP[p sE] : perm_eq (sort (fun x y => y <= x) t) t by rewrite perm_sort.
exists (col_perm p U), (col_perm p s); split; first split.
- apply/matrixP => i j; have /matrixP/(_ (p i) (p j)) := UU; rewrite !mxE (inj_eq perm_inj) => <-.
  by apply: eq_bigr => h _; rewrite !mxE.
- apply/matrixP => i j; have /matrixP/(_ i (p j)) := SU; rewrite !mul_mx_diag !mxE => h.
  by rewrite -h; apply: eq_bigr => g _; rewrite !mxE.
move=> i j ij; have ge_trans : transitive (fun x y : R => y <= x).
  by move=> y x z yx zy; apply: le_trans zy yx.
have ge_total : total (fun x y : R => y <= x) by move=> x y; apply: le_total.
have sorted_t := sort_sorted ge_total t.
have at_i h : (col_perm p s) 0 h = nth 0 (sort (fun x y => y <= x) t) h.
  by rewrite sE -tnth_nth !tnth_mktuple mxE.
have ge_refl : reflexive (fun x y : R => y <= x) by move=> y; apply: lexx.
by rewrite !at_i; apply: (sorted_leq_nth ge_trans ge_refl) => //;
  rewrite inE size_sort size_tuple ltn_ord.
Qed.
End Eigenvectors.
