(** * Footnote 4 in the opposite order: n = 17 is the least n at which it fails *)
From mathcomp Require Import all_ssreflect.
From mathcomp.zify Require Import zify.
From Butterfly Require Import Compatibility Definitions WeightBound FirstColumns ExtremeWeights.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

(** Each of the n inputs has two weights. *)
Lemma fed_inputs n i T : uniq T -> count (fun e => e.2 < n) (edges i T) <= 2 * n.
Proof.
move=> uT; rewrite -size_filter; set s := [seq e <- _ | _].
pose code (e : nat * nat) := (e.2, e.1 == e.2).
have start e : e \in s -> e.1 = if e.1 == e.2 then e.2 else flip i e.2.
  rewrite mem_filter => /andP[_ /edges_partner[_ e2]]; case: eqP => // ne.
  by case: e2 ne => ->; rewrite ?flipK.
have codeK : {in s &, injective code}.
  move=> [a b] [a' b'] /start /= e /start /= e' [bb same].
  by rewrite e e' same bb.
rewrite -(size_map code) mulnC -[n](size_iota 0).
rewrite -(size_allpairs (fun x y => (x, y)) _ [:: false; true]).
apply: uniq_leq_size => [|q /mapP[e e_s ->]].
  by rewrite map_inj_in_uniq ?filter_uniq ?uniq_edges.
apply/allpairsP; exists (code e); split=> //=; last by case: (_ == _).
by move: e_s; rewrite mem_filter mem_iota => /andP[].
Qed.

(** So in any order of the layers the layer at the input has at most 2 n weights. *)
Lemma fed_weights_cap p n c i s T : all (fun i => i < p) (i :: s) -> uniq T ->
  all (fun b => b < 2 ^ p) T -> size T <= c ->
  fed_weights n (i :: s) T <= 2 * (\sum_(j < size s) minn (2 ^ j * c) (2 ^ p)) + 2 * n.
Proof.
elim: s i T c => [|i' s IH] i T c /andP[ip sp] uT Tp Tc.
  by rewrite /= big_ord0 addn0 muln0 fed_inputs.
have Tn : size T <= 2 ^ p.
  rewrite -[X in _ <= X](size_iota 0) uniq_leq_size // => b /(allP Tp).
  by rewrite mem_iota.
have [small inside] := size_sources ip Tp.
rewrite big_ord_recl mulnDr -addnA expn0 mul1n.
rewrite -[fed_weights _ (i :: _) _]/(_ + fed_weights n (i' :: s) (sources i T)) leq_add //.
  by rewrite (leq_trans (count_size _ _)) // size_edges leq_mul2l leq_min Tc Tn orbT.
under eq_bigr => j _ do rewrite lift0 expnSr -mulnA.
apply: IH => //; first exact: undup_uniq.
by rewrite (leq_trans small) // (leq_trans (geq_minl _ _)) // leq_mul2l.
Qed.

(** Half of this is at most n log l + 2 n for n <= 16, with half of the log of l^2, rounded down. *)
Definition cap p l : nat := foldr (fun j s => minn (2 ^ j * l) (2 ^ p) + s) 0 (iota 0 p.-1).
Lemma caps_below : all (fun p => all (fun n => all (fun l =>
    2 * cap p l <= n * (trunc_log 2 (l * l) + 4)) (iota 1 (2 ^ p)))
  (iota (2 ^ p.-1).+1 (2 ^ p.-1))) (iota 1 4).
Proof. by vm_compute. Qed.

(** For n <= 16 the bound holds in every order of the layers. *)
Theorem every_order_to_16 p n (s T : seq nat) :
  n <= 16 -> 2 ^ p < 2 * n -> n <= 2 ^ p -> perm_eq s (iota 0 p) -> uniq T ->
  all (fun b => b < 2 ^ p) T -> 0 < size T ->
  2 ^ fed_weights n s T <= size T ^ (2 * n) * 2 ^ (6 * n).
Proof.
move=> n16 pn np sp uT Tp l0; have size_s : size s = p by rewrite (perm_size sp) size_iota.
have s_below : all (fun i => i < p) s.
  by apply/allP => i; rewrite (perm_mem sp) mem_iota.
have lp : size T <= 2 ^ p.
  rewrite -[X in _ <= X](size_iota 0) uniq_leq_size // => b /(allP Tp).
  by rewrite mem_iota.
have l1 : 0 < size T ^ (2 * n) by rewrite expn_gt0 l0.
case: s size_s s_below {sp} => [|i s] size_s s_below; first by rewrite muln_gt0 l1 expn_gt0.
have ps : size s = p.-1 by rewrite -size_s.
apply: (@leq_trans (2 ^ (2 * cap p (size T) + 2 * n))).
  rewrite leq_exp2l // (leq_trans (fed_weights_cap n s_below uT Tp (leqnn _))) // leq_add2r ps.
  rewrite /cap -(big_mkord xpredT (fun j => minn (2 ^ j * size T) (2 ^ p))) /index_iota subn0.
  by rewrite unlock.
have p0 : 0 < p by rewrite -size_s.
have p4 : p <= 4 by rewrite leqNgt; apply/negP => p5; have := leq_pexp2l (isT : 0 < 2) p5; lia.
have half : 2 ^ p = 2 * 2 ^ p.-1 by rewrite -expnS prednK.
have [pI nI lI] : [/\ p \in iota 1 4, n \in iota (2 ^ p.-1).+1 (2 ^ p.-1) &
    size T \in iota 1 (2 ^ p)].
  rewrite !mem_iota p0 l0 /=; split; lia.
have /allP/(_ _ nI)/allP/(_ _ lI) few := allP caps_below _ pI.
apply: (@leq_trans (2 ^ (trunc_log 2 (size T * size T) * n) * 2 ^ (6 * n))).
  by rewrite -expnD leq_exp2l //; move: few; move: (trunc_log _ _) (cap _ _) => r c; nia.
rewrite leq_mul2r; apply/orP; right; rewrite expnM [size T ^ _]expnM -mulnn.
rewrite leq_exp2r ?trunc_logP ?muln_gt0 ?l0 //.
by case: n pn {np n16 nI few l1}.
Qed.
