(** * Sections 3.2 and 4: the weights of a replaced dense layer and of an encoder *)
From mathcomp Require Import all_ssreflect.
From mathcomp.zify Require Import zify.
From Butterfly Require Import Compatibility Definitions WeightBound ExtremeWeights.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Lemma weights_sharp p (s T : seq nat) :
  perm_eq s (iota 0 p) -> uniq T -> all (fun b => b < 2 ^ p) T -> 0 < size T ->
  2 ^ (weights s T + 2 * size T) <= size T ^ (2 * 2 ^ p) * 2 ^ (2 * 2 ^ p).
Proof.
move=> sp uT Tp l0; have size_s : size s = p by rewrite (perm_size sp) size_iota.
have s_below : all (fun i => i < p) s by apply/allP => i; rewrite (perm_mem sp) mem_iota.
have lp : size T <= 2 ^ p.
  rewrite -[X in _ <= X](size_iota 0) uniq_leq_size // => b /(allP Tp).
  by rewrite mem_iota.
have le := weights_le s_below uT Tp (leqnn _); rewrite size_s -/(most_weights _ _) in le.
have [|sharp _] := @most_weights_sharp p (size T); first by rewrite l0.
by apply: leq_trans sharp; rewrite leq_exp2l // leq_add2r.
Qed.

(** k l weights of E and at most 4 n log l of the butterfly, l >= 2. *)
Theorem encoder_weights k p (s T : seq nat) :
  perm_eq s (iota 0 p) -> uniq T -> all (fun b => b < 2 ^ p) T -> 1 < size T ->
  2 ^ (k * size T + weights s T) <= 2 ^ (k * size T) * size T ^ (4 * 2 ^ p).
Proof.
move=> sp uT Tp l1; rewrite expnD leq_mul2l; apply/orP; right.
apply: (@leq_trans (2 ^ (weights s T + 2 * size T))); first by rewrite leq_exp2l // leq_addr.
apply: leq_trans (weights_sharp sp uT Tp (ltnW l1)) _.
have -> : 4 * 2 ^ p = 2 * 2 ^ p + 2 * 2 ^ p by lia.
by rewrite [X in _ <= X]expnD leq_mul2l leq_exp2r ?l1 ?orbT // muln_gt0 expn_gt0.
Qed.

(** p (p - 4) <= 2^(p-1). *)
Lemma square_le q : q.+4 * q <= 2 ^ q.+3.
Proof.
have key : q * q <= 4 * 2 ^ q.
  by elim: q => // q; rewrite expnS; have := ltn_expl q (isT : 1 < 2); nia.
by have := ltn_expl q (isT : 1 < 2); rewrite !expnS; nia.
Qed.

(** n = 2^p, k1 = k2 = p: at most 6 n log log n weights for n >= 16. *)
Theorem replaced_layer_weights p (s1 s2 T1 T2 : seq nat) : 3 < p ->
  perm_eq s1 (iota 0 p) -> uniq T1 -> all (fun b => b < 2 ^ p) T1 -> size T1 = p ->
  perm_eq s2 (iota 0 p) -> uniq T2 -> all (fun b => b < 2 ^ p) T2 -> size T2 = p ->
  2 ^ (weights s1 T1 + size T2 * size T1 + weights s2 T2) <= p ^ (6 * 2 ^ p).
Proof.
move=> p4 sp1 u1 b1 z1 sp2 u2 b2 z2; have p0 : 0 < p by apply: leq_trans p4.
have := weights_sharp sp1 u1 b1; have := weights_sharp sp2 u2 b2.
rewrite z1 z2 => /(_ p0) w2 /(_ p0) w1.
have both := leq_mul w1 w2.
(* 2^(p^2 - 4 p) 4^(2 n) <= p^(2 n) *)
have rest : 2 ^ (p * (p - 4)) * 4 ^ (2 * 2 ^ p) <= p ^ (2 * 2 ^ p).
  have [q pE] : exists q, p = q.+4 by exists (p - 4); lia.
  have [q0|q0] := posnP q.
    have -> : p - 4 = 0 by lia.
    by rewrite muln0 expn0 mul1n leq_exp2r ?muln_gt0 ?expn_gt0.
  have nE : 2 * 2 ^ p = 4 * 2 ^ q.+3 by rewrite pE (expnS 2 q.+3); lia.
  apply: (@leq_trans ((2 * 4 ^ 4) ^ (2 ^ q.+3))).
    rewrite expnMn -(expnM 4) -nE leq_mul2r leq_exp2l // pE.
    by rewrite (_ : q.+4 - 4 = q) ?square_le ?orbT //; lia.
  apply: (@leq_trans ((5 ^ 4) ^ (2 ^ q.+3))); first by rewrite leq_exp2r // expn_gt0.
  by rewrite -expnM -nE leq_exp2r ?muln_gt0 ?expn_gt0 // pE; lia.
have pp : p * p = p * (p - 4) + (2 * p + 2 * p).
  by rewrite -mulnDl -[2 + 2]/4 [4 * p]mulnC -mulnDr subnK.
apply: (@leq_trans (2 ^ (p * (p - 4)) *
    (2 ^ (weights s1 T1 + 2 * p) * 2 ^ (weights s2 T2 + 2 * p)))).
  by rewrite -!expnD leq_exp2l // pp; lia.
apply: leq_trans (leq_mul (leqnn _) both) _; move: rest; set n := 2 ^ p.
have -> : 6 * n = 2 * n + 2 * n + 2 * n by lia.
have -> : 4 ^ (2 * n) = 2 ^ (2 * n) * 2 ^ (2 * n) by rewrite -expnMn.
rewrite !(expnD p); move: (2 ^ (p * _)) (2 ^ (2 * n)) (p ^ (2 * n)) => a b c rest.
by rewrite mulnACA mulnCA leq_mul2l rest orbT.
Qed.
