(** * What a replacement of rank r = min(k1, k2) costs, whatever the embeddings are

    The eigenvalues s of W^T W are the squares of the singular values of W. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Projectors IndexSets.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section Barrier.
Variables (R : rcfType) (n1 n2 k1 k2 : nat).
Variables (J1 : 'M[R]_(k1, n1)) (J2 : 'M[R]_(k2, n2)).
Implicit Types W M : 'M[R]_(n2, n1).
Local Notation r := (minn k1 k2).

Lemma replaced_rank W : (\rank (replaced J1 J2 W) <= r)%N.
Proof.
rewrite /replaced leq_min; apply/andP; split.
  exact: leq_trans (mxrankM_maxr _ _) (rank_leq_row J1).
by rewrite -mulmxA (leq_trans (mxrankM_maxl _ _)) // mxrank_tr rank_leq_row.
Qed.

(** The theorem of Eckart and Young, from the least loss with B = X = I and Y = W^T. *)
Lemma low_rank_error W M (V : 'M[R]_n1) s l : eigenbasis (W^T *m W) V s ->
  (forall i j : 'I_n1, (i <= j)%N -> s 0 j <= s 0 i) -> (\rank M <= l)%N ->
  \sum_(i < n1 | (l <= i)%N) s 0 i <= sq (M - W).
Proof.
move=> basis sorted Ml.
have [D [E DE]] : exists (D : 'M[R]_(n1, l)) (E : 'M[R]_(l, n2)), D *m E = M^T.
  exists (col_base M^T *m pid_mx (\rank M^T)), (pid_mx (\rank M^T) *m row_base M^T).
  have Ml' : (\rank M^T <= l)%N by rewrite mxrank_tr.
  rewrite mulmxA -(mulmxA (col_base _)) pid_mx_id // pid_mx_1.
  by rewrite mulmx1 mulmx_base.
have Zeq : solves (1%:M : 'M_n2) (1%:M : 'M_n2) W^T W^T by rewrite /solves mul1mx trmx1 mulmx1.
have signal : signal_by (1%:M : 'M_n2) (1%:M : 'M_n2) W^T = W^T *m W.
  by rewrite /signal_by mul1mx mulmx1 trmxK.
rewrite -signal in basis.
have [_ /(_ D E)] := least_loss l Zeq basis sorted.
rewrite /loss !mulmx1 DE -linearB sq_tr; apply: le_trans.
have -> : \tr (W^T *m W^T^T) = \sum_i s 0 i.
  have [orth diag] := basis; have orth' := mulmx1C orth.
  rewrite trmxK -signal -[signal_by _ _ _]mulmx1 -orth' mulmxA diag mxtrace_mulC mulmxA orth.
  by rewrite mul1mx mxtrace_diag.
rewrite [X in _ <= X - _](bigID (fun i : 'I_n1 => (i < l)%N)) /= addrC addKr.
by rewrite [X in _ <= X](eq_bigl (fun i : 'I_n1 => l <= i)%N) // => i; rewrite -leqNgt.
Qed.

(** A vector in the span of the first l + 1 right singular vectors that M takes to 0. *)
Lemma lost_direction W M (V : 'M[R]_n1) s (i : 'I_n1) : eigenbasis (W^T *m W) V s ->
  (forall i j : 'I_n1, (i <= j)%N -> s 0 j <= s 0 i) -> (\rank M <= i)%N ->
  exists2 x : 'cV[R]_n1, sq x = 1 & M *m x = 0 /\ s 0 i <= sq (W *m x).
Proof.
move=> [orth diag] sorted Mi.
pose K := kermx (M *m V)^T; pose F : 'M[R]_n1 := pid_mx i.+1.
have : (K :&: F)%MS != 0.
  rewrite -mxrank_eq0 -lt0n -(ltn_add2l (\rank (K + F)%MS)) addn0 mxrank_sum_cap.
  rewrite mxrank_ker mxrank_tr rank_pid_mx ?ltn_ord //.
  apply: leq_ltn_trans (rank_leq_col _) _; rewrite addnS ltnS.
  rewrite -[X in (X <= _)%N](subnK (_ : \rank (M *m V) <= n1)%N) ?rank_leq_col // leq_add2l.
  exact: leq_trans (mxrankM_maxl _ _) Mi.
case/rowV0Pn => v; rewrite sub_capmx => /andP[/sub_kermxP vK /submxP[w vF]] v0.
have v_first (j : 'I_n1) : (i < j)%N -> v 0 j = 0.
  move=> ij; rewrite vF mxE big1 // => a _; rewrite mxE; case: eqP => [->|_]; rewrite ?mulr0 //.
  by rewrite ltnNge ij /= mulr0.
pose c := (Num.sqrt (sq v))^-1 *: v^T; pose x := V *m c.
have v1 : 0 < sq v by rewrite lt_def sq_eq0 v0 sq_ge0.
have c1 : sq c = 1 by rewrite sqZ sq_tr exprVn sqr_sqrtr ?ltW // mulVf ?gt_eqF.
exists x; first by rewrite /sq ip_mull mulmxA orth mul1mx.
split.
  rewrite /x /c -!scalemxAr mulmxA -[M *m V]trmxK -trmx_mul vK trmx0.
  by rewrite scaler0.
have -> : sq (W *m x) = ip c (diag_mx s *m c).
  by rewrite /sq ip_mull mulmxA /x mulmxA diag ip_mull !mulmxA orth mul1mx.
rewrite -[s 0 i]mulr1 -c1 /sq !ipE mulr_sumr; apply: ler_sum => j _.
have e : c j 0 * (diag_mx s *m c) j 0 = s 0 j * (c j 0 * c j 0) by rewrite mul_diag_mx mxE mulrCA.
rewrite !big_ord1 e -!expr2.
have [ij|ji] := ltnP i j; last by rewrite ler_wpM2r ?sqr_ge0 // sorted.
by rewrite !mxE v_first // mulr0 expr0n !mulr0.
Qed.

Theorem rank_barrier W (V : 'M[R]_n1) s : eigenbasis (W^T *m W) V s ->
  (forall i j : 'I_n1, (i <= j)%N -> s 0 j <= s 0 i) ->
  \sum_(i < n1 | (minn k1 k2 <= i)%N) s 0 i <= sq (replaced J1 J2 W - W) /\
  forall i : 'I_n1, minn k1 k2 = i ->
    exists2 x : 'cV[R]_n1, sq x = 1 & s 0 i <= sq (replaced J1 J2 W *m x - W *m x).
Proof.
move=> basis sorted; split; first exact: low_rank_error basis sorted (replaced_rank W).
move=> i ri; have := replaced_rank W; rewrite ri.
by case/(lost_direction basis sorted) => x x1 [Mx sx]; exists x => //; rewrite Mx sub0r sqN.
Qed.

(** A mean over unit vectors of all directions: E[x x^T] = I/n gives E|Zx|^2 = |Z|^2/n. *)
Theorem isotropic_mean (T : finType) (P : T -> R) (x : T -> 'cV[R]_n1) W :
  \sum_t P t *: (x t *m (x t)^T) = (n1%:R^-1)%:M ->
  \sum_t P t * sq (replaced J1 J2 W *m x t - W *m x t) = sq (replaced J1 J2 W - W) / n1%:R.
Proof.
move=> isotropic; set Z := replaced J1 J2 W - W.
have each t : P t * sq (replaced J1 J2 W *m x t - W *m x t) =
    ip (Z *m (P t *: (x t *m (x t)^T))) Z.
  by rewrite -mulmxBl -/Z -scalemxAr ipZl mulmxA ip_mulr trmxK.
rewrite (eq_bigr _ (fun t _ => each t)).
transitivity (ip (Z *m \sum_t P t *: (x t *m (x t)^T)) Z).
  by rewrite mulmx_sumr /ip mulmx_suml raddf_sum.
by rewrite isotropic mul_mx_scalar ipZl mulrC.
Qed.

End Barrier.

Section Laws.
Variables (R : rcfType) (n1 n2 k1 k2 : nat).
Local Notation r := (minn k1 k2).

(** For every law of J1 and J2 some unit vector has a mean square error of the sum over n1. *)
Theorem barrier_for_every_law (T : finType) (P : T -> R) (J1 : T -> 'M[R]_(k1, n1))
    (J2 : T -> 'M[R]_(k2, n2)) (W : 'M[R]_(n2, n1)) (V : 'M[R]_n1) s :
  (forall t, 0 <= P t) -> \sum_t P t = 1 -> (0 < n1)%N -> eigenbasis (W^T *m W) V s ->
  (forall i j : 'I_n1, (i <= j)%N -> s 0 j <= s 0 i) ->
  exists2 x : 'cV[R]_n1, sq x = 1 &
    (\sum_(i < n1 | (r <= i)%N) s 0 i) / n1%:R <=
    \sum_t P t * sq (replaced (J1 t) (J2 t) W *m x - W *m x).
Proof.
move=> P0 P1 n0 basis sorted; set least := \sum_(i < n1 | _) _.
have n0' : 0 < n1%:R :> R by rewrite ltr0n.
pose mean_at (j : 'I_n1) := \sum_t P t * sq (replaced (J1 t) (J2 t) W *m delta_mx j 0 -
  W *m delta_mx j 0 : 'cV[R]_n2).
have total : least <= \sum_j mean_at j.
  rewrite exchange_big /= -[X in X <= _]mul1r -P1 mulr_suml; apply: ler_sum => t _.
  rewrite -mulr_sumr ler_wpM2l //.
  have [big _] := rank_barrier (J1 t) (J2 t) basis sorted; apply: (le_trans big).
  rewrite sq_cols; apply: ler_sum => j _.
  by rewrite -mulmxBl -colE.
pose j := [arg max_(j > Ordinal n0) mean_at j]%O; exists (delta_mx j 0).
  by rewrite /sq -ip_tr /ip trmxK trmx_delta mul_delta_mx trace_mx11 mxE eqxx.
rewrite ler_pdivrMr // (le_trans total) // -/(mean_at j).
have -> : mean_at j * n1%:R = \sum_(i < n1) mean_at j by rewrite sumr_const card_ord mulr_natr.
by apply: ler_sum => i _; rewrite /j; case: arg_maxP => //= i' _; apply.
Qed.

(** At W = I the mean over all directions is at least 1 - r/n. *)
Theorem identity_barrier (T : finType) (P : T -> R) (x : T -> 'cV[R]_n1)
    (J1 : 'M[R]_(k1, n1)) (J2 : 'M[R]_(k2, n1)) :
  (0 < n1)%N -> \sum_t P t *: (x t *m (x t)^T) = (n1%:R^-1)%:M ->
  1 - r%:R / n1%:R <= \sum_t P t * sq (replaced J1 J2 1%:M *m x t - x t).
Proof.
move=> n0 isotropic; have n0' : 0 < n1%:R :> R by rewrite ltr0n.
have := isotropic_mean J1 J2 1%:M isotropic.
under eq_bigr => t _ do rewrite mul1mx.
move=> ->; rewrite ler_pdivlMr // mulrBl divfK ?gt_eqF // mul1r.
have basis : eigenbasis (1%:M^T *m 1%:M : 'M[R]_n1) 1%:M (const_mx 1).
  by split; rewrite trmx1 ?mulmx1 // diag_const_mx mulmx1.
have [|] := rank_barrier J1 J2 basis.
  by move=> i j _; rewrite !mxE.
move=> big _; apply: le_trans big.
rewrite (eq_bigr (fun=> 1)) => [|i _]; last by rewrite mxE.
have all_of : \sum_(i < n1) 1 = n1%:R :> R by rewrite sumr_const card_ord.
have few : \sum_(i < n1 | (i < r)%N) 1 <= r%:R :> R; last first.
  rewrite -all_of (bigID (fun i : 'I_n1 => (i < r)%N)) /= addrAC -[X in _ <= X]add0r.
  apply: lerD; first by rewrite subr_le0.
  by rewrite [X in X <= _](eq_bigl (fun i : 'I_n1 => r <= i)%N) // => i; rewrite -leqNgt.
have -> : \sum_(i < n1 | (i < r)%N) 1 = #|[set i : 'I_n1 | (i < r)%N]|%:R :> R.
  by rewrite -sum1dep_card natr_sum.
rewrite ler_nat.
rewrite cardE -(size_map val) -[X in (_ <= X)%N](size_iota 0 r); apply: uniq_leq_size.
  by rewrite map_inj_uniq ?enum_uniq //; apply: val_inj.
by move=> y /mapP[i]; rewrite mem_enum inE mem_iota => ik ->.
Qed.
End Laws.
