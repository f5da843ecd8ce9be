(** * Draws and their means, evaluated

    A set is given by a list of booleans. All draws become a list, and the means over them are
    computed; the tables at the end are compared with the Python package, by a test. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Reconstruction.
From Butterfly Require Import Draws Moments Fidelity.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

(** ** All sets, and all draws *)
Fixpoint masks n : seq (seq bool) :=
  if n is m.+1 then [seq false :: s | s <- masks m] ++ [seq true :: s | s <- masks m]
  else [:: [::]].
Definition of_mask n (s : seq bool) : {set 'I_n} := [set i : 'I_n | nth false s i].
Definition chosen_rows (s : seq bool) : seq nat := [seq r <- iota 0 (size s) | nth false s r].

Lemma mem_masks n s : (s \in masks n) = (size s == n).
Proof.
elim: n s => [|n IH] [|b s] //=; rewrite mem_cat; first by apply/orP => -[]/mapP[].
apply/orP/idP => [[]/mapP[s' + [_ ->]]|]; rewrite eqSS -IH // => sn.
by case: b; [right | left]; apply: map_f.
Qed.

Lemma masks_uniq n : uniq (masks n).
Proof.
elim: n => //= n IH; rewrite cat_uniq !map_inj_uniq ?IH ?andbT => [|s s' []//|s s' []//].
by apply/hasPn => _ /mapP[s _ ->]; apply/mapP => -[].
Qed.

Lemma sum_sets (V : zmodType) n (P : pred {set 'I_n}) (f : {set 'I_n} -> V) :
  \sum_(S | P S) f S = \sum_(s <- masks n | P (of_mask n s)) f (of_mask n s).
Proof.
rewrite -(big_map (@of_mask n) P f); apply: perm_big; apply: uniq_perm => [||S].
- exact: index_enum_uniq.
- rewrite map_inj_in_uniq ?masks_uniq // => s s'; rewrite !mem_masks => /eqP sn /eqP s'n ss'.
  apply: (@eq_from_nth _ false) => [|i]; first by rewrite sn.
  by rewrite sn => i_n; move/setP/(_ (Ordinal i_n)): ss'; rewrite !inE.
rewrite mem_index_enum; apply/esym/mapP; exists [seq i \in S | i <- enum 'I_n].
  by rewrite mem_masks size_map size_enum_ord.
by apply/setP => i; rewrite inE (nth_map i) ?size_enum_ord // nth_ord_enum.
Qed.

Lemma enum_mask n s : size s = n -> [seq val i | i <- enum (of_mask n s)] = chosen_rows s.
Proof.
move=> sn; rewrite /chosen_rows sn -val_enum_ord filter_map; congr map.
by rewrite enumT; apply: eq_filter => i; rewrite !inE.
Qed.

Lemma card_mask n s : size s = n -> #|of_mask n s| = size (chosen_rows s).
Proof. by move=> sn; rewrite -(enum_mask sn) size_map cardE. Qed.

Definition draw_list n k : seq (seq bool * seq bool) :=
  [seq (s, r) | s <- masks n, r <- [seq r <- masks n | size (chosen_rows r) == k]].
Definition draw_by p (t : seq bool * seq bool) : draw_of p := (of_mask _ t.1, of_mask _ t.2).

Lemma sum_draws (V : zmodType) p k (f : draw_of p -> V) :
  \sum_(t in all_draws p k) f t = \sum_(t <- draw_list (dim p) k) f (draw_by p t).
Proof.
rewrite big_allpairs.
transitivity (\sum_(N : {set 'I_(dim p)}) \sum_(S : {set 'I_(dim p)} | #|S| == k) f (N, S)).
  by rewrite pair_big_dep; apply: eq_big => [[N S]|[N S] _]; rewrite ?inE.
rewrite sum_sets.
apply: eq_bigr => s _; rewrite sum_sets big_filter big_seq_cond [RHS]big_seq_cond.
apply: eq_bigl => r.
by rewrite mem_masks; case: eqP => //= rn; rewrite card_mask.
Qed.

Lemma mem_draws n k t : t \in draw_list n k ->
  [/\ size t.1 = n, size t.2 = n & size (chosen_rows t.2) = k].
Proof.
case/allpairsP => -[s r] /= [sn + ->] /=; rewrite mem_filter => /andP[/eqP rk].
by move: sn; rewrite !mem_masks => /eqP -> /eqP ->.
Qed.

(** ** The transform, A = J^T J, and the length of J x *)
Definition sign_at (s : seq bool) (j : nat) : int := (-1) ^+ nth false s j.
Definition transform_entries p (t : seq bool * seq bool) : entries :=
  fun i j => sylvester p (nth 0%N (chosen_rows t.2) i) j * sign_at t.1 j.
Definition gram_entries p k t : entries :=
  times k (turned (transform_entries p t)) (transform_entries p t).
Definition length_value p k (x : entries) t : int :=
  squares k 1 (times (dim p) (transform_entries p t) x).

Lemma whole_numbers (R : rcfType) (a b c : nat) (q v : int) : (0 < c)%N -> (0 < b)%N ->
  ((1 - a%:R / b%:R) ^+ 2 * q%:~R <= v%:~R / c%:R :> R) =
    ((b%:Z - a%:Z) * (b%:Z - a%:Z) * (c%:Z * q) <= b%:Z * b%:Z * v) /\
  (v%:~R / c%:R <= (1 + a%:R / b%:R) ^+ 2 * q%:~R :> R) =
    (b%:Z * b%:Z * v <= (b%:Z + a%:Z) * (b%:Z + a%:Z) * (c%:Z * q)).
Proof.
move=> c0 b0; have c0' : 0 < c%:R :> R by rewrite ltr0n.
have b0' : 0 < b%:R * b%:R :> R by rewrite mulr_gt0 ?ltr0n.
have b_neq0 : b%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
have scaled (z w : R) : b%:R * b%:R * ((1 + z / b%:R) ^+ 2 * w * c%:R) =
    (b%:R + z) * (b%:R + z) * (c%:R * w) by field.
split; rewrite -[RHS](ler_int R) !intrM intrD ?mulrNz.
  by rewrite ler_pdivlMr // -[LHS](ler_pM2l b0') -mulNr scaled.
by rewrite ler_pdivrMr // -[LHS](ler_pM2l b0') scaled.
Qed.

Section Transforms.
Variables (R : rcfType) (p k : nat) (t : seq bool * seq bool).
Hypothesis drawn : t \in draw_list (dim p) k.

Theorem transform_evaluated :
  transform R (draw_by p t) = (Num.sqrt k%:R)^-1 *: matrix_of R _ (dim p) (transform_entries p t).
Proof.
have [_ rn rk] := mem_draws drawn.
apply/matrixP => i j; rewrite /transform srht_entry !mxE.
congr ((Num.sqrt _%:R)^-1 * _); first by rewrite card_mask.
rewrite inE /transform_entries rmorphM !rmorphX rmorphN1 /sylvester signr_odd /=.
congr (_ ^+ common_bits p _ _ * _).
by rewrite -(enum_mask rn) (nth_map (enum_val i)) -?cardE // -enum_val_nth.
Qed.

Lemma half_twice : (Num.sqrt k%:R)^-1 * (Num.sqrt k%:R)^-1 = k%:R^-1 :> R.
Proof. by rewrite -expr2 exprVn sqr_sqrtr ?ler0n. Qed.

Theorem gram_evaluated :
  gram R (draw_by p t) = k%:R^-1 *: matrix_of R (dim p) (dim p) (gram_entries p k t).
Proof.
have [_ rn rk] := mem_draws drawn.
rewrite /gram transform_evaluated [(_ *: _)^T]linearZ /= -scalemxAl -scalemxAr scalerA half_twice.
by rewrite matrix_turned matrix_times /= card_mask // rk.
Qed.

Theorem length_evaluated x : sq (transform R (draw_by p t) *m matrix_of R (dim p) 1 x) =
  (length_value p k x t)%:~R / k%:R.
Proof.
have [_ rn rk] := mem_draws drawn.
rewrite transform_evaluated -scalemxAl matrix_times sqZ matrix_squares expr2 half_twice mulrC.
by rewrite /= card_mask // rk.
Qed.

(** |J x| is within a/b |x| of |x|, in integers. *)
Definition keeps_value a b (x : entries) : bool :=
  let q := k%:Z * squares (dim p) 1 x in let v := b%:Z * b%:Z * length_value p k x t in
  ((b%:Z - a%:Z) * (b%:Z - a%:Z) * q <= v) && (v <= (b%:Z + a%:Z) * (b%:Z + a%:Z) * q).

Theorem keeps_norm_evaluated a b x : (0 < k)%N -> (0 < b)%N ->
  keeps_norm (a%:R / b%:R) (transform R (draw_by p t)) (matrix_of R (dim p) 1 x) =
  keeps_value a b x.
Proof.
move=> k0 b0; rewrite /keeps_norm length_evaluated matrix_squares /keeps_value.
move: (squares _ _ _) (length_value _ _ _ _) => q v.
by have [e1 e2] := whole_numbers R a q v k0 b0; rewrite -e1 -e2.
Qed.
End Transforms.

(** ** The mean, the variance and the share of a function with the values g / c *)
Definition draw_sum n k (g : seq bool * seq bool -> int) : int :=
  foldr (fun t s => g t + s) 0 (draw_list n k).

Section Means.
Variables (R : rcfType) (p k c : nat) (f : draw_of p -> R) (g : seq bool * seq bool -> int).
Hypothesis fg : {in draw_list (dim p) k, forall t, f (draw_by p t) = (g t)%:~R / c%:R}.
Let N := size (draw_list (dim p) k).

Lemma sum_evaluated (h : seq bool * seq bool -> int) :
  \sum_(t <- draw_list (dim p) k) (h t)%:~R = (draw_sum (dim p) k h)%:~R :> R.
Proof.
rewrite /draw_sum; elim: (draw_list _ _) => [|t s IH]; rewrite ?big_nil // big_cons IH /=.
by rewrite intrD.
Qed.

Lemma card_evaluated : #|all_draws p k| = N.
Proof.
apply/eqP; rewrite -(eqr_nat R) -sum1_card natr_sum sum_draws.
by rewrite -natr_sum big_const_seq count_predT iter_addn_0 mul1n.
Qed.

Theorem mean_evaluated : mean (all_draws p k) f = (draw_sum (dim p) k g)%:~R / (c * N)%:R.
Proof.
rewrite /mean sum_draws card_evaluated big_seq_cond.
rewrite (eq_bigr (fun t => (g t)%:~R / c%:R)) => [|t /andP[tD _]]; last exact: fg.
by rewrite -big_seq_cond -mulr_suml sum_evaluated natrM invfM mulrA.
Qed.
End Means.

Theorem variance_evaluated (R : rcfType) p k c (f : draw_of p -> R) g :
  {in draw_list (dim p) k, forall t, f (draw_by p t) = (g t)%:~R / c%:R} ->
  (0 < k <= dim p)%N -> (0 < c)%N -> let N := size (draw_list (dim p) k) in
  variance (all_draws p k) f =
  (N%:Z * draw_sum (dim p) k (fun t => g t ^+ 2) - draw_sum (dim p) k g ^+ 2)%:~R / (c * N)%:R ^+ 2.
Proof.
move=> fg k_range c0 N; rewrite varianceE ?draws_gt0 // (mean_evaluated fg) //.
rewrite (@mean_evaluated _ _ _ (c * c) _ (fun t => g t ^+ 2)) => [|t tD]; last first.
  by rewrite fg // exprMn exprVn rmorphX natrM.
have N0 : N%:R != 0 :> R by rewrite pnatr_eq0 -lt0n /N -(card_evaluated R) draws_gt0.
have c0' : c%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
rewrite -/N rmorphB rmorphM rmorphX /= !natrM -!pmulrn.
move: (_%:~R : R) (_%:~R : R) N%:R N0 c%:R c0' => v w u u0 d d0.
by field; apply/andP; split.
Qed.

Theorem chance_evaluated (R : rcfType) p k (event : pred (draw_of p)) :
  chance R (all_draws p k) event =
  (count (fun t => event (draw_by p t)) (draw_list (dim p) k))%:R / (size (draw_list (dim p) k))%:R.
Proof.
rewrite /chance (card_evaluated R); congr (_ / _).
rewrite -sum1dep_card big_mkcondr natr_sum sum_draws -natr_sum -sum1_count [in RHS]big_mkcond.
by [].
Qed.

(** ** sigma^2 and M_x *)
Definition sigma2_value (n k : nat) : nat * nat := (n - k, k * (n - 1))%N.
Theorem sigma2_evaluated (R : rcfType) n k :
  sigma2 R n k = (sigma2_value n k).1%:R / (sigma2_value n k).2%:R.
Proof. by []. Qed.

(** M_x times k (n - 1). *)
Definition moment_entries (n k : nat) (x : entries) : entries := fun i j =>
  let c := (k * (n - 1))%N%:Z in let d := (n - k)%N%:Z in
  (c + d) * (x i 0%N * x j 0%N) +
  if i == j then d * (squares n 1 x - 2 * x i 0%N ^+ 2) else 0.
Theorem moment_evaluated (R : rcfType) n k (x : entries) : (0 < k)%N -> (1 < n)%N ->
  moment k (matrix_of R n 1 x) = (k * (n - 1))%:R^-1 *: matrix_of R n n (moment_entries n k x).
Proof.
move=> k0 n1; have c0 : (k * (n - 1))%:R != 0 :> R.
  by rewrite pnatr_eq0 muln_eq0 negb_or -!lt0n k0 subn_gt0.
apply/matrixP => i j; rewrite /moment matrix_squares !mxE big_ord1 !mxE /moment_entries /sigma2.
rewrite -val_eqE /=; move: (squares n 1 x) (x i 0%N) (x j 0%N) => q a b.
rewrite intrD intrM intrD -!pmulrn; case: eqP => _; rewrite ?intrM ?intrB ?intrM -?pmulrn ?rmorphX.
  by move: (k * (n - 1))%:R c0 (n - k)%:R => c c0 d; rewrite !mulr1n /=; field.
by move: (k * (n - 1))%:R c0 (n - k)%:R => c c0 d; rewrite !mulr0n /=; field.
Qed.

(** ** Tables, for the Python package

    For some n = 2^p and k and all draws: the signs, the kept rows, sqrt k times J, and k A. *)
Definition transforms := [seq
  let: (p, k) := c in let n := (2 ^ p)%N in
  [seq (t.1, t.2, rows k n (transform_entries p t), rows n n (gram_entries p k t))
  | t <- draw_list n k] | c <- [:: (1, 1); (1, 2); (2, 3)]%N].

(** k |J x|^2 for all draws: its sum, the sum of its squares, how often it is at most k |x|^2, and
    the number of draws. *)
Definition lengths := [seq
  let: (p, k, s) := c in let n := (2 ^ p)%N in
  let x : entries := fun i _ => nth 0 s i in let v := length_value p k x in
  (k, rows n 1 x, shown (draw_sum n k v), shown (draw_sum n k (fun t => v t ^+ 2)),
   count (fun t => v t <= k%:Z * squares n 1 x) (draw_list n k), size (draw_list n k))
  | c <- [:: (1%N, 1%N, [:: 1; 1] : seq int); (1%N, 2%N, [:: 2; 1]);
             (2%N, 1%N, [:: 1; 1]); (2%N, 2%N, [:: 1; 2; 0; -1]); (2%N, 3%N, [:: 1; 1; 1; 1])]].

Definition sigmas := [seq [seq sigma2_value n k | k <- iota 1 n] | n <- [:: 2; 4; 8]%N].
Definition moments := [seq
  let: (n, k, x) := c in
  (k, rows n 1 x, (k * (n - 1))%N, rows n n (moment_entries n k x))
  | c <- [:: (2, 1, noise 1 3); (4, 1, noise 1 3); (4, 3, noise 2 5); (8, 5, noise 2 5)]%N].

(** How many draws keep the norm of x up to a/b, and the number of draws. *)
Definition norms := [seq
  let: (p, k, (a, b), s) := c in let n := (2 ^ p)%N in
  let x : entries := fun i _ => nth 0 s i in let draws := draw_list n k in
  (k, (a, b), rows n 1 x, count (fun t => keeps_value p k t a b x) draws, size draws)
  | c <- [:: (1%N, 1%N, (1, 2)%N, [:: 1; 1] : seq int); (1%N, 1%N, (9, 10)%N, [:: 2; 1]);
             (2%N, 1%N, (1, 2)%N, [:: 1; 1; 0; 0]); (2%N, 2%N, (1, 4)%N, [:: 1; 2; 0; -1]);
             (2%N, 3%N, (1, 5)%N, [:: 1; 1; 1; 1])]].
