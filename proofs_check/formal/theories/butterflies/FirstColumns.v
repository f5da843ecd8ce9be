(** * Footnote 4: the weight bound where only the first n inputs are fed *)
From mathcomp Require Import all_ssreflect.
From mathcomp.zify Require Import zify.
From Butterfly Require Import Compatibility Definitions WeightBound.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

(** ** Partners: the higher bits move by one place, the lower bits stay *)
Lemma flip_div i b : flip i b %/ 2 ^ i =
  if odd (b %/ 2 ^ i) then (b %/ 2 ^ i).-1 else (b %/ 2 ^ i).+1.
Proof.
have p0 : 0 < 2 ^ i by rewrite expn_gt0.
rewrite /flip /bit; case: ifP => h; last by rewrite divnDr ?divnn ?p0 ?addn1 ?dvdnn.
rewrite {1}(divn_eq b (2 ^ i)); case: (b %/ 2 ^ i) h => // c _.
by rewrite mulSn -addnA addKn divnMDl // divn_small ?addn0 // ltn_pmod.
Qed.

Lemma flip_mod i b : flip i b %% 2 ^ i = b %% 2 ^ i.
Proof.
rewrite /flip /bit; case: ifP => h; last by rewrite modnDr.
rewrite {1}(divn_eq b (2 ^ i)); case: (b %/ 2 ^ i) h => // c _.
by rewrite mulSn -addnA addKn modnMDl modn_mod.
Qed.

Lemma halves c : exists m, c = m.*2 \/ c = m.*2.+1.
Proof.
exists c./2; rewrite -{1 3}(odd_double_half c).
by case: (odd c); [right|left].
Qed.

Lemma flip_half i b : flip i b %/ 2 ^ i.+1 = b %/ 2 ^ i.+1.
Proof.
rewrite expnSr !divnMA flip_div !divn2; case: (halves (b %/ 2 ^ i)) => m [->|->] /=.
  by rewrite odd_double /= uphalf_double doubleK.
by rewrite odd_double /= doubleK uphalf_double.
Qed.

Lemma edges_partner i T e : e \in edges i T -> e.1 \in T /\ (e.2 = e.1 \/ e.2 = flip i e.1).
Proof.
by case/flatten_mapP => b bT; rewrite !inE => /orP[] /eqP-> /=; split=> //; [left|right].
Qed.

(** ** With the lowest bit at the input: which nodes are fed *)
Lemma rev_iotaS i : rev (iota 0 i.+1) = i :: rev (iota 0 i).
Proof. by rewrite -addn1 iotaD rev_cat. Qed.

Lemma fed_lowest n i b : fed n (rev (iota 0 i)) b = (b %/ 2 ^ i * 2 ^ i < n).
Proof.
elim: i b => [|i IH] b; first by rewrite /= expn0 divn1 muln1.
rewrite rev_iotaS /= !IH flip_div expnSr divnMA (mulnC (2 ^ i)) mulnA divn2.
case: (halves (b %/ 2 ^ i)) => m [->|->] /=; rewrite odd_double /= ?doubleK ?uphalf_double muln2.
  apply/orP/idP => [[]//|h]; last by left.
  by apply: leq_ltn_trans; rewrite leq_mul2r leqnSn orbT.
apply/orP/idP => [[]//|h]; last by right.
by apply: leq_ltn_trans; rewrite leq_mul2r leqnSn orbT.
Qed.

(** ** Layer i has at most ceil(n / 2^i) min(l, 2^(i+1)) weights on such paths

    A weight from node c to node b is given by c / 2^i and b mod 2^(i+1). The first is below
    ceil(n / 2^i) if c is fed, and the second is that of a kept output. *)
Definition residues (i : nat) (T : seq nat) : seq nat := undup [seq b %% 2 ^ i | b <- T].

Lemma residues_below i T : size (residues i T) <= 2 ^ i.
Proof.
rewrite -[X in _ <= X](size_iota 0) uniq_leq_size ?undup_uniq // => r.
by rewrite mem_undup => /mapP[b _ ->]; rewrite mem_iota /= ltn_mod expn_gt0.
Qed.

Lemma residues_sources i T : size (residues i (sources i T)) <= size (residues i.+1 T).
Proof.
rewrite -[X in _ <= X](size_map (modn^~ (2 ^ i))) uniq_leq_size ?undup_uniq // => r.
rewrite mem_undup => /mapP[b]; rewrite mem_undup => /mapP[e /edges_partner[eT e2] ->] ->.
have -> : e.2 %% 2 ^ i = e.1 %% 2 ^ i by case: e2 => ->; rewrite ?flip_mod.
apply/mapP; exists (e.1 %% 2 ^ i.+1); last by rewrite modn_dvdm // dvdn_exp2l.
by rewrite /residues mem_undup; apply/mapP; exists e.1.
Qed.

Lemma fed_edges n i T : 0 < n -> uniq T ->
  count (fun e => fed n (rev (iota 0 i)) e.2) (edges i T) <=
  (n.-1 %/ 2 ^ i).+1 * size (residues i.+1 T).
Proof.
move=> n0 uT; have p0 : 0 < 2 ^ i by rewrite expn_gt0.
rewrite -size_filter; set s := [seq e <- _ | _].
pose code (e : nat * nat) := (e.2 %/ 2 ^ i, e.1 %% 2 ^ i.+1).
pose decode (q : nat * nat) := (q.1 %/ 2 * 2 ^ i.+1 + q.2, q.1 * 2 ^ i + q.2 %% 2 ^ i).
have codeK : {in s, cancel code decode}.
  move=> e; rewrite mem_filter => /andP[_ /edges_partner[_ e2]].
  have half : e.2 %/ 2 ^ i.+1 = e.1 %/ 2 ^ i.+1 by case: e2 => ->; rewrite ?flip_half.
  have low : e.2 %% 2 ^ i = e.1 %% 2 ^ i by case: e2 => ->; rewrite ?flip_mod.
  rewrite /decode /code /= -divnMA -expnSr half -divn_eq modn_dvdm ?dvdn_exp2l // -low -divn_eq.
  by case: (e).
rewrite -(size_map code) -[(n.-1 %/ 2 ^ i).+1](size_iota 0) -(size_allpairs (fun x y => (x, y))).
apply: uniq_leq_size => [|q /mapP[e e_s ->]].
  by rewrite map_inj_in_uniq ?filter_uniq ?uniq_edges //; apply: can_in_inj codeK.
move: e_s; rewrite mem_filter fed_lowest => /andP[fed_e /edges_partner[eT _]].
apply/allpairsP; exists (code e); split=> //=; last first.
  by rewrite /residues mem_undup; apply/mapP; exists e.1.
rewrite -[_ :: _]/(iota 0 (n.-1 %/ 2 ^ i).+1).
by rewrite mem_iota add0n ltnS /= leq_divRL // -ltnS prednK.
Qed.

Lemma fed_weights_le n i c T : 0 < n -> uniq T -> size (residues i T) <= c ->
  fed_weights n (rev (iota 0 i)) T <= \sum_(j < i) (n.-1 %/ 2 ^ j).+1 * minn c (2 ^ j.+1).
Proof.
move=> n0; elim: i T => [|i IH] T uT Tc; first by rewrite big_ord0.
rewrite rev_iotaS big_ord_recr /= addnC leq_add //; last first.
  apply: leq_trans (fed_edges i n0 uT) _.
  by rewrite leq_mul2l leq_min Tc residues_below orbT.
apply: IH; first exact: undup_uniq.
exact: leq_trans (residues_sources i T) Tc.
Qed.

(** ** The sum without logarithms *)
Lemma double_leq_exp x : 0 < x -> x.*2 <= 2 ^ x.
Proof. by case: x => // x _; rewrite expnS -mul2n leq_mul2l /= ltn_expl. Qed.

(** v / 2^q + v / 2^(q+1) + ... + 1 < 2 v / 2^q, rounded down. *)
Lemma halves_sum v q d : 2 ^ (q + d) <= v < 2 ^ (q + d).+1 ->
  (\sum_(q <= j < (q + d).+1) v %/ 2 ^ j).+1 <= (v %/ 2 ^ q).*2.
Proof.
elim: d q => [|d IH] q /andP[lo hi].
  rewrite addn0 in lo hi *; rewrite big_nat1 -addnn -[X in X < _]add0n ltn_add2r.
  by rewrite divn_gt0 ?expn_gt0.
rewrite -addSnnS in lo hi *; rewrite big_ltn ?ltnS; last by rewrite addSnnS leq_addr.
rewrite -addnS -addnn leq_add2l (leq_trans (IH q.+1 _)) ?lo //.
by rewrite expnSr divnMA -muln2 leq_trunc_div.
Qed.

(** The bound with q in the place of log l, where 2^q <= l. *)
Lemma fed_sum_le n p q l : 0 < n -> n <= 2 ^ p -> 2 ^ p < 2 * n -> q <= p -> l <= 2 ^ p ->
  l < 2 ^ q.+1 ->
  \sum_(j < p) (n.-1 %/ 2 ^ j).+1 * minn l (2 ^ j.+1) <= 2 * n * q + 6 * n.
Proof.
case: n => // v _ vp pv qp lp lq; rewrite succnK.
rewrite -(big_mkord xpredT (fun j => (v %/ 2 ^ j).+1 * minn l (2 ^ j.+1))).
rewrite (@big_cat_nat _ _ _ q) //=.
(* the first q layers *)
have first : \sum_(0 <= j < q) (v %/ 2 ^ j).+1 * minn l (2 ^ j.+1) + 2 <= 2 * v * q + 2 ^ q.+1.
  elim: q {qp lq} => [|q IH]; first by rewrite big_geq // muln0.
  rewrite big_nat_recr //=.
  have : (v %/ 2 ^ q).+1 * minn l (2 ^ q.+1) <= (v %/ 2 ^ q).+1 * 2 ^ q.+1.
    by rewrite leq_mul2l geq_minr orbT.
  have := leq_trunc_div v (2 ^ q); move: IH; rewrite !expnS.
  move: (v %/ 2 ^ q) (2 ^ q) (minn _ _) (\sum_(_ <= _ < _) _) => a u m S; nia.
(* the others, if there are any *)
move: qp; rewrite leq_eqVlt => /orP[/eqP qp|qp].
  by rewrite [X in _ + X]big_geq ?qp // -qp; move: first vp pv; rewrite expnS -qp; lia.
have [d pE] : exists d, p = (q + d).+1 by exists (p.-1 - q); lia.
have rest : \sum_(q <= j < p) (v %/ 2 ^ j).+1 * minn l (2 ^ j.+1) <=
    2 ^ q.+1 * ((\sum_(q <= j < p) v %/ 2 ^ j) + (p - q)).
  rewrite -[p - q]muln1 -sum_nat_const_nat -big_split /= big_distrr /= leq_sum // => j _.
  by rewrite addn1 mulnC leq_mul2r (leq_trans (geq_minl _ _)) ?orbT // ltnW.
subst p; have lo : 2 ^ (q + d) <= v by move: pv; rewrite expnS; lia.
have := @halves_sum v q d; rewrite lo vp => /(_ isT).
have : 2 ^ q * d.+1 <= 2 ^ (q + d) by rewrite expnD leq_mul2l ltn_expl ?orbT.

have := leq_trunc_div v (2 ^ q); move: first rest lo; rewrite [2 ^ q.+1]expnS.
rewrite -!addnS addKn; move: (2 ^ (q + d)) (2 ^ q) (v %/ 2 ^ q) (\sum_(q <= j < _) v %/ _).
move: (\sum_(_ <= _ < _) _) (\sum_(_ <= _ < _) _) => F Rest w u a S first rest lo au uw Sa.
have : u * S.+1 <= u * a.*2 by rewrite leq_mul2l Sa orbT.
nia.
Qed.

(** ** The bound *)
(** For 2^(p-1) < n <= 2^p, with the lowest bit at the input, n inputs fed and any kept outputs T:
    weights <= 2 n log l + 6 n, l = size T. *)
Theorem first_columns_bound p n (T : seq nat) :
  2 ^ p < 2 * n -> n <= 2 ^ p -> uniq T -> all (fun b => b < 2 ^ p) T -> 0 < size T ->
  2 ^ fed_weights n (rev (iota 0 p)) T <= size T ^ (2 * n) * 2 ^ (6 * n).
Proof.
move=> pn np uT Tp l0; have n0 : 0 < n by case: n pn {np}.
have lp : size T <= 2 ^ p.
  rewrite -[X in _ <= X](size_iota 0) uniq_leq_size // => b /(allP Tp).
  by rewrite mem_iota.
pose q := trunc_log 2 (size T); have /andP[ql lq] := trunc_log_bounds (isT : 1 < 2) l0.
have qp : q <= p by rewrite -(@leq_exp2l 2) // (leq_trans ql lp).
have few : size (residues p T) <= size T by rewrite (leq_trans (size_undup _)) ?size_map.
apply: (@leq_trans (2 ^ (2 * n * q + 6 * n))).
  rewrite leq_exp2l //; apply: leq_trans (fed_weights_le n0 uT few) _.
  exact: fed_sum_le.
by rewrite expnD leq_mul2r [2 * n * q]mulnC (expnM 2 q) leq_exp2r ?ql ?orbT // muln_gt0.
Qed.

(** In the opposite order, with the highest bit at the input, it fails at n = 17: these 8 outputs
    have more than 2 n log l + 6 n = 204 weights. *)
Theorem opposite_order_fails :
  8 ^ (2 * 17) * 2 ^ (6 * 17) < 2 ^ fed_weights 17 (iota 0 5) [:: 0; 4; 8; 12; 16; 20; 24; 28].
Proof.
rewrite (_ : fed_weights _ _ _ = 210); last by vm_compute.
rewrite (_ : 8 ^ (2 * 17) = 2 ^ (3 * (2 * 17))); last exact: (esym (expnM 2 3 (2 * 17))).
by rewrite -expnD ltn_exp2l.
Qed.

(** With all inputs fed this is the number of Section S6. *)
Lemma all_fed p s b : all (fun i => i < p) s -> b < 2 ^ p -> fed (2 ^ p) s b.
Proof. by elim: s b => //= i s IH b /andP[_ sp] bp; rewrite IH. Qed.

Theorem all_columns p s T : all (fun i => i < p) s -> all (fun b => b < 2 ^ p) T ->
  fed_weights (2 ^ p) s T = weights s T.
Proof.
elim: s T => //= i s IH T /andP[ip sp] Tp; have [_ inside] := size_sources ip Tp.
rewrite IH //; congr (_ + _); rewrite -[RHS](count_predT); apply: eq_in_count => e eT /=.
by rewrite all_fed // (allP inside) // mem_undup map_f.
Qed.
