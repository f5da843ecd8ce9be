(** * Vectors that the transform takes to zero: indicators of subgroups

    On the first s = 2^q numbers the signs are, up to a factor, a row of the Hadamard matrix of
    size s in 2s of the 2^s cases. Then H D x has n/s entries that are not zero, for the indicator
    x of these numbers, and J x = 0 where none of these rows is kept. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Reconstruction.
From Butterfly Require Import Draws Moments.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section Coset.
Variables (R : rcfType) (p q k : nat).
Hypotheses (qp : (q <= p)%N) (k_range : (0 < k <= dim p)%N).
Local Notation n := (dim p).
Local Notation s := (dim q).
Implicit Types (a : 'I_s) (c : bool).

Lemma s_le_n : (s <= n)%N. Proof. by rewrite !dimE leq_exp2l. Qed.
Let first (i : 'I_s) : 'I_n := widen_ord s_le_n i.
Let V : {set 'I_n} := [set j : 'I_n | (j < s)%N].
Let x : 'cV[R]_n := \col_j (j < s)%:R.

(** The places below s with the sign -1 for row a of the Hadamard matrix, or for minus this row. *)
Let signs a c : {set 'I_n} := [set j : 'I_n | (j < s)%N && (odd (common_bits q a j) (+) c)].
(** The rows of H where a is seen. *)
Let rows a : {set 'I_n} := [set r : 'I_n | r %% s == a]%N.

Lemma card_rows_le a : (#|rows a| <= n %/ s)%N.
Proof.
have small (r : 'I_n) : (r %/ s < n %/ s)%N.
  by rewrite ltn_divLR ?divnK // !dimE ?expn_gt0 ?dvdn_exp2l.
rewrite -[X in (_ <= X)%N](card_ord (n %/ s)).
rewrite -(card_in_imset (f := fun r => Ordinal (small r))) ?max_card // => r r'.
rewrite !inE => /eqP ra /eqP r'a /(congr1 val) /= rr'; apply/val_inj => /=.
by rewrite (divn_eq r s) (divn_eq r' s) rr' ra r'a.
Qed.

Lemma card_V : #|V| = s.
Proof.
rewrite -[RHS]card_ord -(card_imset _ (f := first)) => [|i i' /(congr1 val) /= /val_inj //].
apply: eq_card => j; rewrite inE; apply/idP/imsetP => [js|[i _ ->]]; last exact: (ltn_ord i).
by exists (Ordinal js) => //; apply: val_inj.
Qed.

(** Rows of the large matrix look like rows of the small one on the first s columns. *)
Lemma low_row (r : 'I_n) a (i : 'I_s) : r \in rows a ->
  hadamard R p r (first i) = hadamard R q a i.
Proof.
rewrite inE => /eqP ra; rewrite !hadamard_entry; congr (_ ^+ _).
rewrite /common_bits.
have -> : iota 0 p = iota 0 q ++ iota q (p - q) by rewrite -iotaD subnKC.
rewrite count_cat [X in (_ + X)%N](_ : _ = 0%N) ?addn0; last first.
  apply/eqP; rewrite -leqn0 leqNgt -has_count; apply/hasPn => t; rewrite mem_iota => /andP[qt _].
  rewrite negb_and /bit [X in _ || ~~ odd X]divn_small ?orbT //=.
  by apply: leq_trans (ltn_ord i) _; rewrite dimE leq_exp2l.
apply: eq_in_count => t; rewrite mem_iota add0n => /andP[_ tq] /=; congr (_ && _).
rewrite -ra /bit; move: (nat_of_ord r) => m; rewrite dimE {1}(divn_eq m (2 ^ q)).
rewrite divnDl ?dvdn_mull ?dvdn_exp2l ?(ltnW tq) //.
have -> : (2 ^ q = 2 ^ (q - t) * 2 ^ t)%N by rewrite -expnD subnK // ltnW.
by rewrite mulnA mulnK ?expn_gt0 // oddD oddM oddX subn_eq0 leqNgt tq andbF.
Qed.

(** Where the signs are those of a row a, the kept rows see a only at r in rows a. *)
Lemma sees_one_row a c (M : {set 'I_n}) (t : draw_of p) :
  t.1 = signs a c :|: M -> M \subset ~: V -> t.2 \subset ~: rows a -> transform R t *m x = 0.
Proof.
move=> t1 MV t2; apply/matrixP => r j; rewrite [RHS]mxE mxE.
set r' := enum_val r; have r_off : r' \notin rows a.
  by have := subsetP t2 _ (enum_valP r); rewrite inE.
have s0 : (0 < s)%N by rewrite dimE expn_gt0.
pose b : 'I_s := Ordinal (ltn_pmod r' s0).
have rb : r' \in rows b by rewrite inE.
have ab : b != a by apply: contraNneq r_off => <-.
have entry (i : 'I_n) : transform R t r i * x i j =
    if (i < s)%N then (Num.sqrt #|t.2|%:R)^-1 * (hadamard R p r' i * (-1) ^+ (i \in t.1)) else 0.
  rewrite /transform /srht mxE mxE mul_mx_diag !mxE -/r'.
  by case: (i < s)%N; rewrite ?mulr1 ?mulr0.
rewrite (eq_bigr _ (fun i _ => entry i)) -big_mkcond /= -mulr_sumr.
rewrite (big_ord_narrow s_le_n) /=.
rewrite (eq_bigr (fun i => (-1) ^+ c * (hadamard R q b i * hadamard R q a i))) => [|i _];
  last first.
  rewrite (low_row i rb) t1 !inE /= ltn_ord /= [X in _ || X](_ : _ = false) ?orbF; last first.
    by apply/negbTE/negP => /(subsetP MV); rewrite !inE /= ltn_ord.
  by rewrite signr_addb signr_odd [hadamard R q a i]hadamard_entry mulrA mulrC.
rewrite -mulr_sumr (_ : \sum_(i < s) hadamard R q b i * hadamard R q a i = 0) ?mulr0 //.
have := congr1 (fun H : 'M_s => H b a) (hadamard_orthogonal R q).
rewrite !mxE (negbTE ab) mulr0n => e; rewrite -[RHS]e.
by apply: eq_bigr => i _; rewrite mxE.
Qed.

(** Two rows that are equal up to the sign are one row. *)
Lemma signs_inj a c a' c' : signs a c = signs a' c' -> (a, c) = (a', c').
Proof.
move=> e; have s0 : (0 < s)%N by rewrite dimE expn_gt0.
have same (i : 'I_s) : odd (common_bits q a i) (+) c = odd (common_bits q a' i) (+) c'.
  by move/setP/(_ (first i)): e; rewrite !inE /= ltn_ord.
have aa' : a = a'.
  apply: contraTeq (_ : s%:R != 0 :> R) => [aa'|]; last by rewrite pnatr_eq0 -lt0n.
  rewrite negbK; apply/eqP; apply: (can_inj (@signrMK R (c (+) c'))); rewrite mulr0.
  have := congr1 (fun H : 'M_s => H a a') (hadamard_orthogonal R q).
  rewrite !mxE (negbTE aa') mulr0n => e'; rewrite -[RHS]e'.
  rewrite -[in LHS](card_ord s) -sum1_card natr_sum.
  rewrite mulr_sumr; apply: eq_bigr => i _; rewrite mxE !hadamard_entry mulr1.
  rewrite -(signr_odd R (common_bits q a i)) -(signr_odd R (common_bits q a' i)).
  move: (same i); move: (odd _) (odd _) => u v; clear - u v c c'.
  by case: u; case: v; case: c; case: c' => //= _; rewrite ?expr0 ?expr1; ring.
by move: (same (Ordinal s0)); rewrite aa' => /(can_inj (addKb _)) ->.
Qed.

Theorem coset_adversary :
  (2 * s)%:R / 2 ^+ s * 'C(n - n %/ s, k)%:R / 'C(n, k)%:R <=
  chance R (all_draws p k) (fun t => transform R t *m \col_(j < n) (j < s)%:R == 0).
Proof.
pose A : {set ('I_s * bool) * {set 'I_n} * {set 'I_n}} :=
  [set u : ('I_s * bool) * {set 'I_n} * {set 'I_n} |
    (u.1.2 \subset ~: V) && ((u.2 \subset ~: rows u.1.1.1) && (#|u.2| == k))].
pose draw (u : ('I_s * bool) * {set 'I_n} * {set 'I_n}) : draw_of p :=
  (signs u.1.1.1 u.1.1.2 :|: u.1.2, u.2).
have signs_V a c : signs a c \subset V by apply/subsetP => j; rewrite !inE => /andP[].
have cut a c (M : {set 'I_n}) : M \subset ~: V ->
    ((signs a c :|: M) :&: V = signs a c) * ((signs a c :|: M) :&: ~: V = M).
  rewrite -disjoints_subset -setI_eq0 => /eqP MV; split.
    by rewrite setIUl MV setU0; apply/setIidPl.
  apply/setP => j; move/setP/(_ j): MV; rewrite !inE.
  by case: (j < s)%N; case: (j \in M) => //=; rewrite ?andbF ?orbF.
have draw_inj : {in A &, injective draw}.
  move=> [[[a c] M] S] [[[a' c'] M'] S']; rewrite !inE /= => /andP[MV _] /andP[M'V _] [e ->].
  have := congr1 (fun N => N :&: V) e; rewrite (cut a c M MV).1 (cut a' c' M' M'V).1.
  move=> /signs_inj[-> ->]; congr (_, _, _).
  by rewrite -(cut a c M MV).2 e (cut a' c' M' M'V).2.
have events : {in A, forall u, draw u \in [set t in all_draws p k |
    transform R t *m \col_(j < n) (j < s)%:R == 0]}.
  move=> [[[a c] M] S]; rewrite inE => /and3P[MV Sa Sk]; rewrite inE; apply/andP.
  split; first by rewrite inE.
  by apply/eqP/(@sees_one_row a c M (draw (a, c, M, S))).
have count : (2 * s * (2 ^ (n - s) * 'C(n - n %/ s, k)) <= #|A|)%N.
  rewrite -sum1_card.
  have -> : (\sum_(u in A) 1 = \sum_(w : 'I_s * bool) \sum_(M : {set 'I_n} | M \subset ~: V)
      \sum_(S : {set 'I_n} | (S \subset ~: rows w.1) && (#|S| == k)) 1)%N.
    by rewrite !pair_big_dep /=; apply: eq_bigl => -[[w M] S]; rewrite inE.
  apply: (@leq_trans (\sum_(w : 'I_s * bool) 2 ^ (n - s) * 'C(n - n %/ s, k))%N).
    by rewrite sum_nat_const card_prod card_ord card_bool (mulnC s).
  apply: leq_sum => w _; rewrite (eq_bigr (fun=> 'C(#|~: rows w.1|, k))) => [|M _]; last first.
    by rewrite sum1dep_card cards_draws.
  rewrite (eq_bigl (mem (powerset (~: V)))) => [|M]; last by rewrite /= powersetE.
  rewrite sum_nat_const card_powerset [#|~: V|]cardsCs setCK card_ord card_V leq_mul2l.
  by rewrite leq_bin2l ?orbT // cardsCs setCK card_ord leq_sub2l ?card_rows_le.
have C0 : 'C(n, k)%:R != 0 :> R by rewrite pnatr_eq0 -lt0n bin_gt0; case/andP: k_range.
have P0 m : 2 ^+ m != 0 :> R by rewrite expf_neq0 ?pnatr_eq0.
have size_D : #|all_draws p k|%:R = 2 ^+ n * 'C(n, k)%:R :> R.
  by rewrite card_draws // -cardsT -powersetT card_powerset cardsT card_ord natrM natrX.
rewrite /chance size_D.
rewrite ler_pdivlMr; last by rewrite lt_def mulf_neq0 // mulr_ge0 ?exprn_ge0 ?ler0n.
apply: (@le_trans _ _ (2 * s * (2 ^ (n - s) * 'C(n - n %/ s, k)))%:R); last first.
  rewrite ler_nat (leq_trans count) // -(card_in_imset draw_inj) subset_leq_card //.
  by apply/subsetP => _ /imsetP[u uA ->]; apply: events.
rewrite !natrM natrX -[in 2 ^+ n](subnK s_le_n) exprD le_eqVlt; apply/orP; left; apply/eqP.
move: (2 ^+ (n - s)) (2 ^+ s) (P0 s) 'C(n, k)%:R C0 => b d d0 c c0.
by move: 'C(_, _)%:R s%:R => e f; field; apply/andP; split.
Qed.
End Coset.
