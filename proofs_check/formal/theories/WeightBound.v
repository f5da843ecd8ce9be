(** * Section S6: at most 2 n log l + 6 n effective weights

    Going back from the kept outputs, a layer at most doubles the number of nodes from which one
    of them is reached, which is never above n; every such node has two weights. *)
From mathcomp Require Import all_ssreflect.
From Butterfly Require Import Definitions.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

(** ** The graph: two different weights lead to each node *)
Lemma size_edges i T : size (edges i T) = 2 * size T.
Proof. by rewrite /edges; elim: T => //= b T ->; rewrite mulnS. Qed.

Lemma flip_neq i b : flip i b != b.
Proof.
have p0 : 0 < 2 ^ i by rewrite expn_gt0.
rewrite /flip /bit; case: ifP => [|_]; last by rewrite -[X in _ != X]addn0 eqn_add2l -lt0n.
case: b => [|b]; first by rewrite div0n.
by move=> _; rewrite neq_ltn ltn_subrL p0.
Qed.

Lemma mem_edges i T e : e \in edges i T -> e.1 \in T.
Proof.
rewrite /edges; elim: T => //= b T IH; rewrite !inE => /or3P[/eqP->|/eqP->|/IH->];
  by rewrite ?eqxx ?orbT.
Qed.

Lemma uniq_edges i T : uniq T -> uniq (edges i T).
Proof.
elim: T => //= b T IH /andP[bT uT]; rewrite -/(edges i T) inE !negb_or IH // andbT.
rewrite xpair_eqE eqxx eq_sym flip_neq /=.
by rewrite !(contra (@mem_edges i T _)).
Qed.

Lemma flip_below p i b : i < p -> b < 2 ^ p -> flip i b < 2 ^ p.
Proof.
move=> ip bp; have i0 : 0 < 2 ^ i by rewrite expn_gt0.
rewrite /flip; case: ifP => [_|even]; first exact: leq_ltn_trans (leq_subr _ _) bp.
have below m : (m < 2 ^ p) = (m %/ 2 ^ i < 2 ^ (p - i)).
  by rewrite ltn_divLR // -expnD subnK // ltnW.
rewrite below divnDr // divnn i0 addn1 ltn_neqAle -below bp andbT.
apply/eqP => /(congr1 odd); rewrite /= oddX subn_eq0 leqNgt ip /=.
by move: even; rewrite /bit => ->.
Qed.

(** ** At most twice as many nodes, and at most 2^p *)
Lemma size_sources p i T : i < p -> all (fun b => b < 2 ^ p) T ->
  size (sources i T) <= minn (2 * size T) (2 ^ p) /\ all (fun b => b < 2 ^ p) (sources i T).
Proof.
move=> ip /allP Tp.
have inside : all (fun b => b < 2 ^ p) (sources i T).
  apply/allP => b; rewrite mem_undup => /mapP[[a c] /= ac ->].
  move: ac; rewrite /edges => /flatten_mapP[b' /Tp b'p]; rewrite !inE.
  by case/orP=> /eqP[_ ->] //; apply: flip_below.
split=> //; rewrite leq_min; apply/andP; split.
  by rewrite (leq_trans (size_undup _)) // size_map size_edges.
rewrite -[X in _ <= X](size_iota 0) uniq_leq_size ?undup_uniq // => b /(allP inside).
by rewrite mem_iota.
Qed.

Theorem weights_le p c (s T : seq nat) :
  all (fun i => i < p) s -> uniq T -> all (fun b => b < 2 ^ p) T -> size T <= c ->
  weights s T <= 2 * \sum_(i < size s) minn (2 ^ i * c) (2 ^ p).
Proof.
elim: s T c => //= i s IH T c /andP[ip sp] uT Tp Tc.
have Tn : size T <= 2 ^ p.
  rewrite -[X in _ <= X](size_iota 0) uniq_leq_size // => b /(allP Tp).
  by rewrite mem_iota.
have [small inside] := size_sources ip Tp.
rewrite size_edges big_ord_recl mulnDr expn0 mul1n leq_add ?leq_mul2l ?leq_min ?Tc ?Tn //=.
under eq_bigr => j _ do rewrite /bump /= add1n expnSr -mulnA.
apply: IH => //; first exact: undup_uniq.
by rewrite (leq_trans small) // (leq_trans (geq_minl _ _)) // leq_mul2l.
Qed.

(** ** The bound without logarithms: M <= 2 n log l + 4 n is 2^M <= l^(2n) 2^(4n) *)
Lemma most_weights_le p l : 0 < l <= 2 ^ p ->
  2 ^ most_weights p l <= l ^ (2 * 2 ^ p) * 2 ^ (4 * 2 ^ p).
Proof.
case/andP=> l0 ln; set n := 2 ^ p; pose q := trunc_log 2 l.
have /andP[ql lq] := trunc_log_bounds (isT : 1 < 2) l0; rewrite -/q in ql lq.
have qp : q <= p by rewrite -(@leq_exp2l 2) // (leq_trans ql ln).
(* the first p - q layers double the nodes, the last q have n at most *)
have S : \sum_(i < p) minn (2 ^ i * l) n <= 2 * n + q * n.
  rewrite -(big_mkord xpredT (fun i => minn (2 ^ i * l) n)).
  rewrite (@big_cat_nat _ _ _ (p - q)) ?leq_subr //= leq_add //.
    apply: (@leq_trans (2 ^ (p - q) * l)); last first.
      by rewrite (leq_trans (leq_mul (leqnn _) (ltnW lq))) // -expnD addnS subnK // expnS.
    apply: (@leq_trans (\sum_(0 <= i < p - q) 2 ^ i * l)).
      by apply: leq_sum => i _; apply: geq_minl.
    rewrite -big_distrl leq_mul2r; apply/orP; right.
    by elim: (p - q) => [|c IH]; rewrite ?big_nil // big_nat_recr //= expnS mul2n -addnn leq_add2r.
  apply: (@leq_trans (\sum_(p - q <= i < p) n)).
    by apply: leq_sum => i _; apply: geq_minr.
  by rewrite sum_nat_const_nat subKn.
apply: (@leq_trans (2 ^ (q * (2 * n) + 4 * n))).
  rewrite leq_exp2l // /most_weights -/n (leq_trans (leq_mul (leqnn 2) S)) //.
  by rewrite mulnDr mulnA addnC mulnCA.
by rewrite expnD leq_mul2r (expnM 2 q) leq_exp2r ?ql ?orbT // muln_gt0 expn_gt0.
Qed.

(** With layers in any order s and kept outputs T: weights <= 2 n log l + 6 n, l = size T. *)
Theorem weight_bound p (s T : seq nat) :
  perm_eq s (iota 0 p) -> uniq T -> all (fun b => b < 2 ^ p) T -> 0 < size T ->
  2 ^ weights s T <= size T ^ (2 * 2 ^ p) * 2 ^ (6 * 2 ^ p).
Proof.
move=> sp uT Tp l0; have size_s : size s = p by rewrite (perm_size sp) size_iota.
have s_below : all (fun i => i < p) s.
  by apply/allP => i; rewrite (perm_mem sp) mem_iota.
have ln : size T <= 2 ^ p.
  rewrite -[X in _ <= X](size_iota 0) uniq_leq_size // => b /(allP Tp).
  by rewrite mem_iota.
have le := weights_le s_below uT Tp (leqnn _); rewrite size_s in le.
apply: (@leq_trans (2 ^ most_weights p (size T))); first by rewrite leq_exp2l.
apply: leq_trans (most_weights_le _) _; first by rewrite l0.
by rewrite leq_mul2l leq_exp2l // leq_mul2r /= !orbT.
Qed.
