(** * Proposition 2: a structural identity, and a counterexample at k = l = eps = 1 and n = 4 *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Reconstruction Projectors.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

(** ** The structural lemma

    X = U1 M1 + U2 M2 is cut after k singular values, and A = (J U1)^+. *)
Theorem structural_lemma (R : realFieldType) n k r d l (U1 : 'M[R]_(n, k)) (U2 : 'M_(n, r))
    (M1 : 'M_(k, d)) (M2 : 'M_(r, d)) (J : 'M_(l, n)) (A : 'M_(k, l)) :
  U1^T *m U1 = 1%:M -> U1^T *m U2 = 0 -> A *m (J *m U1) = 1%:M ->
  let X := U1 *m M1 + U2 *m M2 in
  sq (X - U1 *m A *m J *m X) = sq (U2 *m M2) + sq (A *m J *m U2 *m M2).
Proof.
move=> U11 U12 AJU /=.
have fixes : U1 *m A *m J *m (U1 *m M1) = U1 *m M1.
  by rewrite mulmxA -!(mulmxA U1) -(mulmxA A) AJU mul1mx.
rewrite mulmxDr fixes opprD addrACA subrr add0r sqB !mulmxA -2!(mulmxA U1) -!(mulmxA U1).
rewrite ipC ip_mull mulmxA U12 mul0mx ip0r mulr0 subr0; congr (_ + _).
by rewrite /sq ip_mull mulmxA U11 mul1mx.
Qed.

(** ** The counterexample *)
(** The inequality of Cauchy and Schwarz for two columns. *)
Lemma sq_times_two (R : realFieldType) n (M : 'M[R]_(n, 2)) (z : 'cV_2) :
  sq (M *m z) <= sq M * sq z.
Proof.
have -> : sq z = z 0 0 ^+ 2 + z 1 0 ^+ 2.
  by rewrite /sq ipE !big_ord_recl !big_ord0 !addr0 -!expr2; congr (z _ _ ^+ 2 + z _ _ ^+ 2);
    apply/val_inj.
rewrite /sq !ipE big_distrl /=; apply: ler_sum => i _.
rewrite big_ord1 !mxE !big_ord_recl !big_ord0 /= !addr0.
rewrite (_ : lift ord0 ord0 = 1); last exact/val_inj.
move: (M i 0) (M i 1) (z 0 0) (z 1 0) => a b x y; rewrite -subr_ge0.
rewrite (_ : _ - _ = (a * y - b * x) ^+ 2) ?sqr_ge0 //; ring.
Qed.

Section Counterexample.
Variable R : rcfType.
Local Notation X := (spike R).

(** No matrix of rank 1 is nearer than 1: X z has at least the norm of z, and A z = 0 for some z. *)
Lemma spike_tail (A : 'M[R]_(dim 2, 2)) : (\rank A <= 1)%N -> 1 <= sq (A - X).
Proof.
move=> rank1; have [z z0 Az] : exists2 z : 'cV_2, z != 0 & A *m z = 0.
  have : cokermx A != 0 by rewrite -mxrank_eq0 mxrank_coker subn_eq0 -ltnNge.
  case/matrix0Pn => i [j ij]; exists (col j (cokermx A)).
    by apply/matrix0Pn; exists i, ord0; rewrite mxE.
  by rewrite colE mulmxA mulmx_coker mul0mx.
have z_gt0 : 0 < sq z by rewrite lt_def sq_ge0 sq_eq0 z0.
rewrite -(ler_pM2l z_gt0) mulr1 mulrC.
apply: le_trans (sq_times_two _ _); rewrite mulmxBl Az sub0r sqN.
rewrite /sq !ipE !big_ord_recl !big_ord0 !mxE !big_ord_recl !big_ord0 !mxE /=.
rewrite (_ : lift ord0 ord0 = 1); last exact/val_inj.
move: (z 0 0) (z 1 0) => x y; rewrite -subr_ge0.
rewrite (_ : _ - _ = 11 * x ^+ 2); first by rewrite mulr_ge0 ?sqr_ge0 ?ler0n. ring.
Qed.

(** The error of a matrix a v of rank 1. *)
Lemma spike_error (a : 'cV[R]_(dim 2)) (v : 'rV_2) :
  sq (a *m v - X) = \sum_i (if i == ord0 then (a i 0 * v 0 0) ^+ 2 + (a i 0 * v 0 1 - 1) ^+ 2
    else (a i 0 * v 0 0 - 2) ^+ 2 + (a i 0 * v 0 1) ^+ 2).
Proof.
rewrite /sq ipE; apply: eq_bigr => i _; rewrite !big_ord_recl big_ord0 !mxE !big_ord1 /= addr0.
rewrite (_ : lift ord0 ord0 = 1); last exact/val_inj.
by move: (a i 0) (v 0 0) (v 0 1) => b x y; case: eqP => _ /=; ring.
Qed.

Local Notation e1 := (lift ord0 ord0 : 'I_(dim 2)).
Local Notation e2 := (lift ord0 (lift ord0 ord0) : 'I_(dim 2)).
Local Notation e3 := (lift ord0 (lift ord0 (lift ord0 ord0)) : 'I_(dim 2)).

(** The sign of entry j of the kept row of H D. *)
Definition flipped (w : row_draw 2) (j : 'I_(dim 2)) : bool := odd (common_bits 2 w.1 j) (+) w.2 j.

Lemma row_sketch_entry w i j : row_sketch R w i j = (-1) ^+ flipped w j.
Proof.
rewrite /row_sketch /srht mxE sqrtr1 invr1 mul1r mxE mul_mx_diag mxE hadamard_entry mxE.
by rewrite /flipped signr_addb signr_odd.
Qed.

Lemma sketched w : let v := row_sketch R w *m X in
  v 0 0 = 2 * ((-1) ^+ flipped w e1 + (-1) ^+ flipped w e2 + (-1) ^+ flipped w e3) /\
  v 0 1 = (-1) ^+ flipped w ord0.
Proof.
rewrite /= !mxE !big_ord_recl !big_ord0 !row_sketch_entry !mxE /=.
move: (flipped w _) (flipped w e1) (flipped w e2) (flipped w e3) => b0 b1 b2 b3.
by split; ring.
Qed.

Definition aligned (w : row_draw 2) : bool :=
  [forall i, (i == ord0) || flipped w i] || [forall i, (i == ord0) || ~~ flipped w i].

Lemma alignedE w :
  aligned w = (flipped w e1 == flipped w e2) && (flipped w e2 == flipped w e3).
Proof.
have all4 (P : pred 'I_(dim 2)) : [forall i, P i] = [&& P ord0, P e1, P e2 & P e3].
  apply/forallP/and4P => [h|[p0 p1 p2 p3] i]; first by rewrite !h.
  case: (unliftP ord0 i) => [{}i ->|-> //]; case: (unliftP ord0 i) => [{}i ->|-> //].
  by case: (unliftP ord0 i) => [{}i ->|-> //]; rewrite (ord1 i).
rewrite /aligned !all4 /=.
by case: (flipped w e1); case: (flipped w e2); case: (flipped w e3).
Qed.

(** A quarter of the draws: 16 of 64. *)
Lemma card_aligned : (#|[set w | aligned w]| * 4 = #|{: row_draw 2}|)%N.
Proof.
have natE n (P : pred 'I_n) : nat_of_bool [forall i, P i] = (\prod_i P i)%N.
  have [/forallP h|/forallPn[i /negPf h]] := boolP [forall i, P i].
    by rewrite big1 // => i _; rewrite h.
  by rewrite (bigD1 i) //= h mul0n.
have count (c : bool -> bool -> bool) (r : 'I_(dim 2)) :
    (forall b, c b false + c b true = 1)%N ->
    (\sum_(f : {ffun 'I_(dim 2) -> bool})
       [forall i, (i == ord0) || c (odd (common_bits 2 r i)) (f i)] = 2)%N.
  move=> once; under eq_bigr => f _ do rewrite natE.
  rewrite -(bigA_distr_bigA (fun i b =>
    nat_of_bool ((i == ord0) || c (odd (common_bits 2 r i)) b))).
  rewrite (bigD1 ord0) //= big_bool big1 // => i /negPf i0.
  by rewrite big_bool i0 /= addnC once.
have -> : #|{: row_draw 2}| = 64%N.
  by rewrite card_prod card_ffun card_bool card_ord.
suff -> : #|[set w | aligned w]| = 16%N by [].
rewrite -sum1dep_card big_mkcond /=.
rewrite (eq_bigr (fun w : row_draw 2 =>
  [forall i, (i == ord0) || addb (odd (common_bits 2 w.1 i)) (w.2 i)] +
  [forall i, (i == ord0) || ~~ addb (odd (common_bits 2 w.1 i)) (w.2 i)])%N); last first.
  move=> w _; rewrite /aligned /flipped.
  set always := [forall i, _ || addb _ _]; set never := [forall i, _ || ~~ _].
  have : ~~ (always && never).
    by apply/negP => /andP[/forallP/(_ e1) /= h /forallP/(_ e1) /=]; rewrite h.
  by case: always; case: never.
rewrite -(pair_bigA _ (fun (r : 'I_(dim 2)) (f : {ffun 'I_(dim 2) -> bool}) =>
  [forall i, (i == ord0) || addb (odd (common_bits 2 r i)) (f i)] +
  [forall i, (i == ord0) || ~~ addb (odd (common_bits 2 r i)) (f i)])%N) /=.
rewrite (eq_bigr (fun=> 4%N)) => [|r _]; first by rewrite sum_nat_const card_ord.
rewrite big_split /= (count addb) => [|[]//].
by rewrite (count (fun a b => ~~ (a (+) b))) => [|[]//].
Qed.

(** The sketch succeeds at the draws where the signs of the three rows (2, 0) agree. *)
Lemma succeeds_where_aligned w : aligned w <-> sketch_succeeds 1 1 (row_sketch R w) X.
Proof.
have [] := sketched w; rewrite alignedE; set v := row_sketch R w *m X.
rewrite /sketch_succeeds -/v; move: (flipped w _) (flipped w e1) (flipped w e2) (flipped w e3) v.
move=> b0 b1 b2 b3 v v0 v1; split=> [/andP[/eqP e12 /eqP e23]|[A [/submxP[a ->] _ best]]].
  pose a : 'cV[R]_(dim 2) := 37^-1 *: (X *m v^T).
  exists (a *m v); split; first exact: submxMl.
    exact: leq_trans (mulmx_max_rank _ _) _.
  move=> A' /spike_tail A'1; apply: (@le_trans _ _ 2); last first.
    by rewrite -[X in X <= _]mulr1 ler_pM2l // ltr0n.
  rewrite spike_error /a !big_ord_recl big_ord0 !mxE !big_ord_recl !big_ord0 !mxE /=.
  rewrite (_ : lift ord0 ord0 = 1 :> 'I_2); last exact/val_inj.
  rewrite v0 v1 e12 e23; rewrite -subr_ge0.
  rewrite (_ : _ - _ = 26 / 37) ?divr_ge0 ?ler0n //.
  by clear - R b0 b3; case: b0; case: b3; rewrite /= ?expr0 ?expr1; field.
pose a' : 'cV[R]_(dim 2) := \col_i (i != ord0)%:R; pose v' : 'rV[R]_2 := \row_j (2 * (j == 0)%:R).
have /best : (\rank (a' *m v') <= 1)%N by exact: leq_trans (mulmx_max_rank _ _) _.
rewrite !spike_error !big_ord_recl !big_ord0 !mxE /=.
apply: contraTT => mixed; have {mixed v0} [s v0] : exists s : bool, v 0 0 = 2 * (-1) ^+ s.
  exists ((b1 && b2) || ((b1 || b2) && b3)); move: mixed; rewrite v0.
  by clear - R b1 b2 b3; case: b1; case: b2; case: b3; rewrite //= ?expr0 ?expr1 => _; ring.
rewrite -ltNge -subr_gt0 v0 v1; move: (a _ 0) (a e1 0) (a e2 0) (a e3 0) => a0 a1 a2 a3.
clear - R s b0 a0 a1 a2 a3; set lhs := (X in 0 < X).
have -> : lhs = (6 + ((5 * a0 - (-1) ^+ b0) ^+ 2 + (5 * a1 - 4 * (-1) ^+ s) ^+ 2 +
    (5 * a2 - 4 * (-1) ^+ s) ^+ 2 + (5 * a3 - 4 * (-1) ^+ s) ^+ 2)) / 5.
  by rewrite /lhs {lhs}; case: b0; case: s; rewrite /= ?expr0 ?expr1; field.
by rewrite divr_gt0 ?ltr0n // ltr_wpDr ?ltr0n // !addr_ge0 ?sqr_ge0.
Qed.

(** Proposition 2 at k = l = eps = 1: the sketch succeeds with probability 1/4, not 1/2. *)
Theorem sketch_succeeds_rarely : exists S : {set row_draw 2},
  (forall w : row_draw 2, w \in S <-> sketch_succeeds 1 1 (row_sketch R w) X) /\
  (#|S| * 4 = #|{: row_draw 2}|)%N.
Proof.
exists [set w | aligned w]; split; last exact: card_aligned.
by move=> w; rewrite inE; apply: succeeds_where_aligned.
Qed.
End Counterexample.
