(** * The most and the fewest effective weights are attained in every order of the layers *)
From mathcomp Require Import all_ssreflect.
From mathcomp.zify Require Import zify.
From Butterfly Require Import Compatibility Definitions WeightBound FirstColumns ExtremeWeights.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

(** ** Numbers and their bits *)
Lemma bits_inj p a b : a < 2 ^ p -> b < 2 ^ p -> (forall i, i < p -> bit a i = bit b i) -> a = b.
Proof.
elim: p a b => [|p IH] a b; first by rewrite expn0 !ltnS !leqn0 => /eqP-> /eqP->.
move=> ap bp same; have := same 0 isT; rewrite /bit expn0 !divn1 => odd_ab.
rewrite -(odd_double_half a) -(odd_double_half b) odd_ab (IH a./2 b./2) //.
- by move: ap; rewrite expnS mul2n -divn2 ltn_divLR // muln2.
- by move: bp; rewrite expnS mul2n -divn2 ltn_divLR // muln2.
by move=> i ip; have := same i.+1 ip; rewrite /bit expnS !divnMA !divn2.
Qed.

Lemma bits_below q (g : nat -> bool) : \sum_(0 <= i < q) g i * 2 ^ i < 2 ^ q.
Proof.
elim: q => [|q IH]; first by rewrite big_geq.
by rewrite big_nat_recr //= expnS mul2n -addnn; move: IH; case: (g q); lia.
Qed.

Lemma bit_sum p (g : nat -> bool) j : j < p -> bit (\sum_(0 <= i < p) g i * 2 ^ i) j = g j.
Proof.
elim: p => // p IH; rewrite ltnS leq_eqVlt big_nat_recr //= => /orP[/eqP-> |jp].
  rewrite /bit divnDr ?dvdn_mull // divn_small ?bits_below // add0n mulnK ?expn_gt0 //.
  by case: (g p).
rewrite -(IH jp) /bit; have -> : 2 ^ p = 2 ^ (p - j) * 2 ^ j by rewrite -expnD subnK // ltnW.
rewrite divnDr; last by rewrite mulnA dvdn_mull.
by rewrite mulnA mulnK ?expn_gt0 // oddD oddM oddX /= subn_eq0 leqNgt jp /= andbF addbF.
Qed.

(** ** Another order is another numbering of the nodes *)
(** Bit i becomes bit nth s i. *)
Definition renumbered (s : seq nat) (b : nat) : nat := \sum_(i <- s) bit b (index i s) * 2 ^ i.

Section Renumbered.
Variables (p : nat) (s : seq nat).
Hypothesis s_perm : perm_eq s (iota 0 p).

Let us : uniq s. Proof. by rewrite (perm_uniq s_perm) iota_uniq. Qed.
Let ps : size s = p. Proof. by rewrite (perm_size s_perm) size_iota. Qed.

Lemma bit_renumbered b i : i < p -> bit (renumbered s b) (nth 0 s i) = bit b i.
Proof.
move=> ip; rewrite /renumbered (perm_big _ s_perm) /= -[X in iota 0 X]subn0 bit_sum.
  by rewrite index_uniq ?ps.
by have := mem_nth 0 (_ : i < size s); rewrite (perm_mem s_perm) mem_iota ps; apply.
Qed.

Lemma renumbered_flip b i : i < p -> renumbered s (flip i b) = flip (nth 0 s i) (renumbered s b).
Proof.
move=> ip; have is_s : nth 0 s i \in s by rewrite mem_nth ?ps.
have := flip_sum (nth 0 s i) (renumbered s b); rewrite bit_renumbered //.
suff : renumbered s (flip i b) + bit b i * 2 ^ nth 0 s i =
    renumbered s b + ~~ bit b i * 2 ^ nth 0 s i by lia.
rewrite /renumbered !(bigD1_seq _ is_s us) /= index_uniq ?ps // bit_flip.
have -> : \sum_(j <- s | j != nth 0 s i) bit (flip i b) (index j s) * 2 ^ j =
    \sum_(j <- s | j != nth 0 s i) bit b (index j s) * 2 ^ j.
  rewrite big_seq_cond [RHS]big_seq_cond; apply: eq_bigr => j /andP[js j_i].
  by rewrite bit_flip_other //; apply: contraNneq j_i => ->; rewrite nth_index.
by case: (bit b i); lia.
Qed.

Lemma renumbered_below b : renumbered s b < 2 ^ p.
Proof.
rewrite /renumbered (perm_big _ s_perm) /= -[X in iota 0 X]subn0.
exact: (bits_below p (fun i => bit b (index i s))).
Qed.

Lemma renumbered_inj : {in [pred b | b < 2 ^ p] &, injective (renumbered s)}.
Proof.
move=> a b; rewrite !inE => ap bp same; apply: (bits_inj ap bp) => i ip.
by rewrite -(bit_renumbered a ip) same bit_renumbered.
Qed.

Lemma weights_renumbered t T T' : all (fun i => i < p) t -> all (fun b => b < 2 ^ p) T ->
  uniq T -> uniq T' -> T' =i map (renumbered s) T ->
  weights (map (nth 0 s) t) T' = weights t T.
Proof.
elim: t T T' => //= i t IH T T' /andP[ip tp] Tp uT uT' T'_is.
have umap : uniq (map (renumbered s) T).
  rewrite map_inj_in_uniq // => a b /(allP Tp) ap /(allP Tp) bp; exact: renumbered_inj.
have [_ inside] := size_sources ip Tp.
rewrite !size_edges (perm_size (uniq_perm uT' umap T'_is)) size_map.
congr (_ + _); apply: IH; rewrite ?undup_uniq // => b; rewrite mem_sources !T'_is.
apply/orP/mapP => [[/mapP[c cT ->]|/mapP[c cT b_c]]|[c]].
- by exists c; rewrite // mem_sources cT.
- exists (flip i c); first by rewrite mem_sources flipK cT orbT.
  by rewrite renumbered_flip // -b_c flipK.
rewrite mem_sources => /orP[cT|cT] ->; [left|right]; first exact: map_f.
by rewrite -renumbered_flip //; apply: map_f.
Qed.
End Renumbered.

(** In every order of the layers l outputs have the most weights, and l have the fewest. *)
Theorem weights_attained p l (s : seq nat) : perm_eq s (iota 0 p) -> 0 < l <= 2 ^ p ->
  (exists T, [/\ uniq T, all (fun b => b < 2 ^ p) T, size T = l &
    weights s T = most_weights p l]) /\
  (exists T, [/\ uniq T, all (fun b => b < 2 ^ p) T, size T = l &
    weights s T = fewest_weights p l]).
Proof.
move=> sp /andP[l0 lp].
have small : all (fun b => b < 2 ^ p) (iota 0 l).
  by apply/allP => b; rewrite mem_iota /= => bl; apply: leq_trans lp.
have ordered t u : perm_eq t (iota 0 p) -> all (fun i => i < p) u -> map (nth 0 t) u = s ->
    exists T, [/\ uniq T, all (fun b => b < 2 ^ p) T, size T = l &
      weights s T = weights u (iota 0 l)].
  move=> tp up <-; exists (map (renumbered t) (iota 0 l)).
  have uT : uniq (map (renumbered t) (iota 0 l)).
    rewrite map_inj_in_uniq ?iota_uniq // => a b /(allP small) ap /(allP small) bp.
    exact: (renumbered_inj tp).
  rewrite size_map size_iota uT; split=> //.
    by apply/allP => _ /mapP[b _ ->]; apply: (renumbered_below tp).
  exact: (weights_renumbered tp up small (iota_uniq 0 l) uT).
have below : all (fun i => i < p) (iota 0 p) by apply/allP => i; rewrite mem_iota.
have whole t : perm_eq t (iota 0 p) -> map (nth 0 t) (iota 0 p) = t.
  by move=> tp; rewrite -(size_iota 0 p) -(perm_size tp); apply: mkseq_nth.
split.
  rewrite -most_weights_attained //; apply: (ordered (rev s)); rewrite ?all_rev //.
    by rewrite perm_rev.
  by rewrite map_rev whole ?revK // perm_rev.
by rewrite -fewest_weights_attained //; apply: (ordered s); rewrite ?whole.
Qed.
