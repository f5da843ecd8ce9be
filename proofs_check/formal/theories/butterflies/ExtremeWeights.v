(** * The most and the fewest effective weights of l kept outputs *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.zify Require Import zify.
From Butterfly Require Import Compatibility Definitions WeightBound FirstColumns.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

(** ** The most, without logarithms: M <= 2 n log l + 2 n - 2 l, with equality for powers of 2 *)
(** 2^r u^u <= (u + r)^u: means of r numbers 2 and u - r numbers 1. *)
Section Means.
Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Lemma powers_of_mean u r : (r <= u)%N ->
  (2 ^ r * u ^ u <= (u + r) ^ u ?= iff (r == 0) || (r == u))%N.
Proof.
case: u => [|u] ru; first by move: ru; rewrite leqn0 => /eqP->.
pose e (i : nat) := if (i < r)%N then 2%N else 1%N.
have product : (\prod_(i < u.+1) (e i * u.+1) = 2 ^ r * u.+1 ^ u.+1)%N.
  rewrite big_split /= prod_nat_const card_ord; congr (_ * _)%N.
  rewrite -(big_mkord xpredT e) (@big_cat_nat _ _ _ r) //=.
  rewrite (@eq_big_nat _ _ _ _ _ _ (fun=> 2%N)) => [|i /andP[_ i_r]]; last by rewrite /e i_r.
  rewrite [X in (_ * X)%N](@eq_big_nat _ _ _ _ _ _ (fun=> 1%N)) => [|i /andP[i_r _]]; last first.
    by rewrite /e ltnNge i_r.
  by rewrite !prod_nat_const_nat subn0 exp1n muln1.
have sum : (\sum_(i < u.+1) e i = u.+1 + r)%N.
  rewrite -(big_mkord xpredT e) (@big_cat_nat _ _ _ r) //=.
  rewrite (@eq_big_nat _ _ _ _ _ _ (fun=> 2%N)) => [|i /andP[_ i_r]]; last by rewrite /e i_r.
  rewrite [X in (_ + X)%N](@eq_big_nat _ _ _ _ _ _ (fun=> 1%N)) => [|i /andP[i_r _]]; last first.
    by rewrite /e ltnNge i_r.
  by rewrite !sum_nat_const_nat; lia.
pose E (i : 'I_u.+1) : int := (e i)%:R.
have E0 : {in predT, forall i, 0 <= E i *+ #|'I_u.+1|} by move=> i _; rewrite mulrn_wge0 ?ler0n.
have := leif_AGM_scaled E0; rewrite -natr_sum sum card_ord -natrX.
rewrite (eq_bigr (fun i : 'I_u.+1 => (e i * u.+1)%:R)) => [|i _]; last first.
  by rewrite /E natrM mulr_natr.
rewrite -natr_prod product => -[le eq].
rewrite ler_nat in le; rewrite eqr_nat in eq; split=> //; rewrite {}eq.
apply/idP/idP => [/forall_inP same|].
  case: (posnP r) => // r0; rewrite eqn_leq ru leqNgt /=; apply/negP => r_lt.
  have /forall_inP/(_ (Ordinal r_lt) isT) := same ord0 isT.
  by rewrite /E /e r0 ltnn (eqr_nat _ 2 1).
by case/orP=> /eqP r_is; apply/forall_inP => i _; apply/forall_inP => j _; rewrite /E /e r_is
  ?ltn_ord ?ltn0.
Qed.
End Means.

Lemma most_weights_double p l q : q <= p -> 2 ^ q <= l -> l <= 2 ^ q.+1 -> l <= 2 ^ p ->
  most_weights p l + 2 * l = 2 ^ (p - q).+1 * l + 2 * q * 2 ^ p.
Proof.
move=> qp ql lq lp; rewrite /most_weights.
rewrite -(big_mkord xpredT (fun i => minn (2 ^ i * l) (2 ^ p))).
rewrite (@big_cat_nat _ _ _ (p - q)) //=; last exact: leq_subr.
rewrite (@eq_big_nat _ _ _ _ _ _ (fun i => 2 ^ i * l)) => [|i /andP[_ i_lt]]; last first.
  apply/minn_idPl; apply: (leq_trans (leq_mul (leqnn _) lq)).
  by rewrite -expnD leq_exp2l //; lia.
rewrite [X in 2 * (_ + X)](@eq_big_nat _ _ _ _ _ _ (fun i => 2 ^ p)); last first.
  move=> i /andP[i_ge _].
  apply/minn_idPr; apply: leq_trans (leq_mul (leqnn _) ql).
  by rewrite -expnD leq_exp2l //; lia.
rewrite sum_nat_const_nat subKn // -big_distrl /=.
have geom m : (\sum_(0 <= i < m) 2 ^ i).+1 = 2 ^ m.
  elim: m => [|m IH]; first by rewrite big_geq.
  by rewrite big_nat_recr //= -addSn IH expnS mul2n addnn.
have := geom (p - q); rewrite expnS.
move: (\sum_(_ <= _ < _) _) (2 ^ (p - q)) (2 ^ p) => a b c <-; nia.
Qed.

(** M <= 2 n log l + 2 n - 2 l for the largest M, with equality exactly for l a power of 2. *)
Theorem most_weights_sharp p l : 0 < l <= 2 ^ p ->
  2 ^ (most_weights p l + 2 * l) <= l ^ (2 * 2 ^ p) * 2 ^ (2 * 2 ^ p)
    ?= iff (l == 2 ^ trunc_log 2 l).
Proof.
case/andP=> l0 lp; pose q := trunc_log 2 l.
have /andP[ql lq] := trunc_log_bounds (isT : 1 < 2) l0; rewrite -/q in ql lq *.
have qp : q <= p by rewrite -(@leq_exp2l 2) // (leq_trans ql lp).
rewrite (most_weights_double qp ql (ltnW lq) lp); set u := 2 ^ q; set m := 2 ^ (p - q).
have u0 : 0 < u by rewrite expn_gt0.
have pE : 2 ^ p = m * u by rewrite -expnD subnK.
have lu : l - u <= u by rewrite leq_subLR addnn -mul2n /u -expnS ltnW.
have [] := powers_of_mean lu; rewrite subnKC // => le eq.
(* both sides are 2 m-th powers of 2^l u^u and l^u 2^u *)
have m0 : 0 < 2 * m by rewrite muln_gt0 expn_gt0.
have -> : 2 ^ (2 ^ (p - q).+1 * l + 2 * q * 2 ^ p) = (2 ^ u * (2 ^ (l - u) * u ^ u)) ^ (2 * m).
  rewrite mulnA -expnD subnKC // /u -expnM -expnD -/u -expnM; congr (2 ^ _).
  by rewrite expnS -/m pE; nia.
have -> : l ^ (2 * 2 ^ p) * 2 ^ (2 * 2 ^ p) = (2 ^ u * l ^ u) ^ (2 * m).
  by rewrite -!expnMn -expnM pE [l * 2]mulnC; congr (_ ^ _); nia.
split; first by rewrite leq_exp2r // leq_mul2l le orbT.
rewrite eqn_exp2r // eqn_mul2l expn_eq0 /= eq.
move: lq; rewrite expnS -/u => lq; apply/idP/idP; lia.
Qed.

(** The printed bound 2 n log l + 6 n is never reached. *)
Theorem weight_bound_not_reached p (s T : seq nat) :
  perm_eq s (iota 0 p) -> uniq T -> all (fun b => b < 2 ^ p) T -> 0 < size T ->
  2 ^ weights s T < size T ^ (2 * 2 ^ p) * 2 ^ (6 * 2 ^ p).
Proof.
move=> sp uT Tp l0; have size_s : size s = p by rewrite (perm_size sp) size_iota.
have s_below : all (fun i => i < p) s by apply/allP => i; rewrite (perm_mem sp) mem_iota.
have lp : size T <= 2 ^ p.
  rewrite -[X in _ <= X](size_iota 0) uniq_leq_size // => b /(allP Tp).
  by rewrite mem_iota.
have le := weights_le s_below uT Tp (leqnn _); rewrite size_s -/(most_weights _ _) in le.
have [|sharp _] := @most_weights_sharp p (size T); first by rewrite l0.
apply: (@leq_ltn_trans (2 ^ most_weights p (size T))); first by rewrite leq_exp2l.
apply: (@leq_trans (2 ^ (most_weights p (size T) + 2 * size T))).
  by rewrite ltn_exp2l // -[X in X < _]addn0 ltn_add2l muln_gt0.
apply: leq_trans sharp _.
by rewrite leq_mul2l leq_exp2l // leq_mul2r orbT orbT.
Qed.

(** ** The most is attained *)
Lemma flipK i : involutive (flip i).
Proof.
move=> b; have -> : flip i (flip i b) =
    if odd (flip i b %/ 2 ^ i) then flip i b - 2 ^ i else flip i b + 2 ^ i by [].
rewrite flip_div /flip /bit; case: (boolP (odd (b %/ 2 ^ i))) => h.
  have b_ge : 2 ^ i <= b.
    by rewrite -[2 ^ i]mul1n -leq_divRL ?expn_gt0 // odd_gt0.
  case: (b %/ 2 ^ i) h => //= c /negPf->.
  by rewrite subnK.
by rewrite /= h addnK.
Qed.

Lemma mem_sources i T b : (b \in sources i T) = (b \in T) || (flip i b \in T).
Proof.
rewrite mem_undup; apply/mapP/orP => [[e /edges_partner[eT e2] ->]|].
  by case: e2 => ->; [left|right; rewrite flipK].
case=> bT; [exists (b, b)|exists (flip i b, b)] => //; apply/flatten_mapP.
  by exists b; rewrite // !inE eqxx.
by exists (flip i b); rewrite // !inE flipK eqxx orbT.
Qed.

(** The nodes below 2^p whose remainder modulo 2^i is below l. *)
Definition level p l i : pred nat := [pred b | (b < 2 ^ p) && (b %% 2 ^ i < l)].

Lemma sources_level p l i T : i < p -> T =i level p l i.+1 -> sources i T =i level p l i.
Proof.
move=> ip T_is b; have p0 : 0 < 2 ^ i by rewrite expn_gt0.
have mod2 c : c %% 2 ^ i.+1 = (bit c i) * 2 ^ i + c %% 2 ^ i.
  have rp := ltn_pmod c p0; rewrite /bit {1}(divn_eq c (2 ^ i)) expnSr.
  move: (c %/ 2 ^ i) (c %% 2 ^ i) rp => a r rp.
  have -> : a * 2 ^ i + r = a./2 * (2 ^ i * 2) + (odd a * 2 ^ i + r).
    by rewrite -{1}(odd_double_half a) -muln2 mulnDl addnCA addnA -mulnA (mulnC 2).
  rewrite modnMDl modn_small // muln2 -addnn.
  by case: (odd a); rewrite ?mul1n ?mul0n ?ltn_add2l ?ltn_addr.
have bit_flip : bit (flip i b) i = ~~ bit b i.
  by rewrite /bit flip_div; case: ifP => /= h; rewrite ?h //; case: (_ %/ _) h => //= c; case: odd.
have below : (flip i b < 2 ^ p) = (b < 2 ^ p).
  by apply/idP/idP => /(flip_below ip); rewrite ?flipK.
rewrite mem_sources !T_is !inE below !mod2 bit_flip flip_mod.
case: (b < 2 ^ p) => //=; move: (2 ^ i) (b %% 2 ^ i) => u r.
by case: (bit b i); rewrite ?mul1n ?mul0n ?add0n; apply/idP/idP; lia.
Qed.

(** In m blocks of d numbers, those with a remainder below l. *)
Lemma count_remainders d l m : 0 < d ->
  count (fun b => b %% d < l) (iota 0 (m * d)) = m * minn l d.
Proof.
move=> d0; elim: m => // m IH; rewrite mulSn addnC iotaD count_cat IH add0n mulSn addnC.
congr (_ + _); rewrite -[m * d]addn0 iotaDl count_map.
rewrite (@eq_in_count _ _ (fun r => r < l)) => [|r]; last first.
  by rewrite mem_iota /= => rd; rewrite modnMDl modn_small.
elim: d {d0 IH} => [|d IH]; first by rewrite minn0.
by rewrite -addn1 iotaD count_cat IH /= addn0; case: ltnP => /=; lia.
Qed.

Lemma size_level p l i T : i <= p -> uniq T -> T =i level p l i ->
  size T = minn (2 ^ (p - i) * l) (2 ^ p).
Proof.
move=> ip uT T_is.
have same : perm_eq T [seq b <- iota 0 (2 ^ p) | b %% 2 ^ i < l].
  apply: uniq_perm; rewrite ?filter_uniq ?iota_uniq // => b.
  by rewrite T_is mem_filter mem_iota /= andbC.
rewrite (perm_size same) size_filter; have -> : 2 ^ p = 2 ^ (p - i) * 2 ^ i by rewrite -expnD subnK.
by rewrite count_remainders ?expn_gt0 // minnMr.
Qed.

Lemma weights_level p l i T : i <= p -> uniq T -> T =i level p l i ->
  weights (rev (iota 0 i)) T = 2 * \sum_(p - i <= j < p) minn (2 ^ j * l) (2 ^ p).
Proof.
elim: i T => [|i IH] T ip uT T_is; first by rewrite subn0 big_geq.
rewrite rev_iotaS /= size_edges (size_level ip uT T_is).
rewrite (IH (sources i T)) ?undup_uniq //; first last.
- exact: sources_level.
- exact: ltnW.
by rewrite -mulnDr (big_ltn (_ : p - i.+1 < p)) ?subnSK //; lia.
Qed.

(** With the lowest bit at the input, the outputs 0, ..., l - 1 have the most weights. *)
Theorem most_weights_attained p l : l <= 2 ^ p ->
  weights (rev (iota 0 p)) (iota 0 l) = most_weights p l.
Proof.
move=> lp; rewrite (weights_level (l := l) (leqnn p) (iota_uniq 0 l)) => [|b].
  by rewrite subnn big_mkord.
rewrite mem_iota /= inE; case: (ltnP b (2 ^ p)) => bp; first by rewrite modn_small.
by rewrite ltnNge (leq_trans lp bp).
Qed.

(** ** Flips of different bits commute *)
Lemma bit_flip i b : bit (flip i b) i = ~~ bit b i.
Proof.
by rewrite /bit flip_div; case: ifP => /= h; rewrite ?h //; case: (_ %/ _) h => //= c; case: odd.
Qed.

Lemma bit_flip_other i f b : i != f -> bit (flip i b) f = bit b f.
Proof.
rewrite neq_ltn => /orP[lt|lt]; rewrite /bit.
  have -> : 2 ^ f = 2 ^ i.+1 * 2 ^ (f - i.+1) by rewrite -expnD subnKC.
  by rewrite !divnMA flip_half.
have low c : odd (c %/ 2 ^ f) = odd (c %% 2 ^ i %/ 2 ^ f).
  have pE : 2 ^ i = 2 ^ (i - f) * 2 ^ f by rewrite -expnD subnK // ltnW.
  rewrite {1}(divn_eq c (2 ^ i)) {2}pE mulnA divnMDl ?expn_gt0 // oddD oddM oddX /=.
  by rewrite subn_eq0 leqNgt lt /= andbF.
by rewrite low flip_mod -low.
Qed.

Lemma flip_sum i b : flip i b + bit b i * 2 ^ i = b + ~~ bit b i * 2 ^ i.
Proof.
rewrite /flip; case: (boolP (bit b i)) => h; rewrite ?mul1n ?mul0n ?addn0 // subnK //.
have b_i : 0 < b %/ 2 ^ i by apply: odd_gt0.
by rewrite -[2 ^ i]mul1n -leq_divRL ?expn_gt0.
Qed.

Lemma flip_comm i f b : i != f -> flip i (flip f b) = flip f (flip i b).
Proof.
move=> i_f; have f_i : f != i by rewrite eq_sym.
have := flip_sum i b; have := flip_sum f b.
have := flip_sum i (flip f b); have := flip_sum f (flip i b).
rewrite !bit_flip_other //; lia.
Qed.

(** ** The fewest: what is reached through j layers is closed under j flips *)
Definition closed (F T : seq nat) := forall f b, f \in F -> b \in T -> flip f b \in T.

Lemma closed_size F T : uniq F -> uniq T -> closed F T -> 2 ^ size F %| size T.
Proof.
elim: F T => [|f F IH] T /=; first by rewrite dvd1n.
case/andP=> fF uF uT cT; pose up := [seq b <- T | bit b f]; pose down := [seq b <- T | ~~ bit b f].
have halves : size T = size up + size down by rewrite !size_filter count_predC.
have size_le A B : uniq A -> (forall b, b \in A -> flip f b \in B) -> size A <= size B.
  move=> uA AB; rewrite -(size_map (flip f)) uniq_leq_size ?map_inj_uniq //.
    exact: can_inj (flipK f).
  by move=> c /mapP[b /AB bB ->].
have cTf b : b \in T -> flip f b \in T by apply: cT; rewrite inE eqxx.
have same : size up = size down.
  apply/eqP; rewrite eqn_leq !size_le ?filter_uniq // => b; rewrite !mem_filter bit_flip.
    by case/andP=> /negPf-> /cTf->.
  by case/andP=> -> /cTf->.
rewrite halves -same addnn -mul2n expnS dvdn_pmul2l // IH ?filter_uniq // => g b gF.
rewrite !mem_filter => /andP[b_f bT]; rewrite bit_flip_other ?b_f; last first.
  by apply: contraNneq fF => <-.
by apply: cT; rewrite // inE gF orbT.
Qed.

Lemma weights_ge l F s T : 0 < l -> uniq (F ++ s) -> uniq T -> closed F T -> l <= size T ->
  2 * (\sum_(size F <= j < size F + size s) 2 ^ j * (l.-1 %/ 2 ^ j).+1) <= weights s T.
Proof.
move=> l0; elim: s F T => [|i s IH] F T uFs uT cT lT; first by rewrite addn0 big_geq.
have uF : uniq F by move: uFs; rewrite cat_uniq => /andP[].
rewrite /= size_edges big_ltn; last by rewrite addnS ltnS leq_addr.
rewrite mulnDr leq_add ?leq_mul2l //=.
  have /dvdnP[m size_T] := closed_size uF uT cT.
  rewrite size_T mulnC leq_mul2r orbC; apply/orP; left.
  by rewrite ltn_divLR ?expn_gt0 // -size_T; case: (l) l0 lT.
rewrite -(addSnnS (size F)) -[(size F).+1]/(size (i :: F)); apply: IH.
- by move: uFs; rewrite (uniq_catCA F [:: i] s).
- exact: undup_uniq.
- have iF : i \notin F.
    by move: uFs; rewrite (uniq_catCA F [:: i] s) /= mem_cat negb_or => /andP[/andP[]].
  move=> f b; rewrite inE !mem_sources => /orP[/eqP-> |fF]; first by rewrite flipK orbC.
  have i_f : i != f by apply: contraNneq iF => ->.
  case/orP=> bT; first by rewrite (cT f b).
  by rewrite (flip_comm _ i_f) (cT f (flip i b)) ?orbT.
apply: leq_trans lT _; rewrite uniq_leq_size // => b bT.
by rewrite mem_sources bT.
Qed.

Theorem weights_fewest p (s T : seq nat) :
  perm_eq s (iota 0 p) -> uniq T -> 0 < size T -> fewest_weights p (size T) <= weights s T.
Proof.
move=> sp uT l0; have us : uniq s by rewrite (perm_uniq sp) iota_uniq.
have := @weights_ge (size T) [::] s T l0 us uT (fun _ _ => ltac:(by [])) (leqnn _).
by rewrite /= add0n (perm_size sp) size_iota big_mkord.
Qed.

(** With the highest bit at the input, the outputs 0, ..., l - 1 have the fewest: i layers back from
    them one is at the numbers below the next multiple of 2^i. *)
Lemma sources_interval i l : 0 < l ->
  sources i (iota 0 (2 ^ i * (l.-1 %/ 2 ^ i).+1)) =i iota 0 (2 ^ i.+1 * (l.-1 %/ 2 ^ i.+1).+1).
Proof.
move=> l0 b; rewrite mem_sources !mem_iota /= !add0n.
have below c k : (c < 2 ^ k * (l.-1 %/ 2 ^ k).+1) = (c %/ 2 ^ k <= l.-1 %/ 2 ^ k).
  by rewrite mulnC -ltn_divLR ?expn_gt0 // ltnS.
rewrite !below flip_div expnSr !divnMA !divn2; move: (b %/ 2 ^ i) (l.-1 %/ 2 ^ i) => x y.
case: (halves x) => m [->|->]; rewrite /= odd_double /= ?doubleK ?uphalf_double.
  by rewrite geq_half_double; apply/orP/idP => [[|/ltnW]|->] //; left.
by rewrite geq_half_double; apply/orP/idP => [[/ltnW|]|->] //; right.
Qed.

Lemma weights_interval d i l T : 0 < l -> uniq T -> T =i iota 0 (2 ^ i * (l.-1 %/ 2 ^ i).+1) ->
  weights (iota i d) T = 2 * (\sum_(i <= j < i + d) 2 ^ j * (l.-1 %/ 2 ^ j).+1).
Proof.
move=> l0; elim: d i T => [|d IH] i T uT T_is; first by rewrite addn0 big_geq.
rewrite /= size_edges (perm_size (uniq_perm uT (iota_uniq _ _) T_is)) size_iota.
rewrite (IH i.+1) ?undup_uniq // => [|b].
  by rewrite -mulnDr [in RHS]big_ltn ?addSnnS // addnS ltnS leq_addr.
by rewrite -sources_interval // !mem_sources !T_is.
Qed.

Theorem fewest_weights_attained p l : 0 < l ->
  weights (iota 0 p) (iota 0 l) = fewest_weights p l.
Proof.
move=> l0; rewrite (weights_interval p l0 (iota_uniq 0 l)) ?big_mkord // => b.
by rewrite expn0 mul1n divn1 prednK.
Qed.
