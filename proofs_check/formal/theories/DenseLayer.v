(** * Proposition 1 at its smallest case: n1 = n2 = 2, k1 = k2 = 1, W = I, x = e1

    The squared error is 5 in half of the draws and 1 in the others, so the proposition, which
    promises an error of at most eps < 1 with high probability, fails in every draw. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Reconstruction.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section Draws.
Variable R : rcfType.
Implicit Types w : draw.
Local Notation J := (embedding R).

(** The second entry of the row of J is its first times (-1)^(parity w). *)
Let parity w : bool := w.1 (+) w.2.1 (+) w.2.2.

Lemma hadamard1E i j : hadamard R 1 i j = (-1) ^+ ((i == ord_max) && (j == ord_max)).
Proof.
rewrite /= -[i](splitK i) -[j](splitK j).
by case: (fintype.split i) => i'; case: (fintype.split j) => j';
  rewrite ?block_mxEul ?block_mxEur ?block_mxEdl ?block_mxEdr ?ord1 !mxE.
Qed.

Lemma embedding_entry w j : J w ord0 j =
  (-1) ^+ ((inord w.1 == ord_max :> 'I_(dim 1)) && (j == ord_max)) *
  (-1) ^+ (if j == ord0 then w.2.1 else w.2.2).
Proof. by rewrite /embedding /srht mxE sqrtr1 invr1 mul1r mxE mul_mx_diag mxE hadamard1E mxE. Qed.

(** J^T J has 1 on the diagonal and the same sign twice off it. *)
Lemma gram_entry w i j : ((J w)^T *m J w) i j = if i == j then 1 else (-1) ^+ parity w.
Proof.
rewrite mxE big_ord1 mxE !embedding_entry /parity -!val_eqE /=.
case: i => [[|[|//]] hi]; case: j => [[|[|//]] hj]; case: w => -[] [[] []] /=;
  rewrite ?inordK //= ?andbT ?andbF ?expr0 ?expr1 ?mulr1 ?mul1r ?mulN1r ?mulrN1 ?opprK ?mulr1 //.
Qed.

Lemma gram_block w : (J w)^T *m J w =
  block_mx 1%:M ((-1) ^+ parity w)%:M ((-1) ^+ parity w)%:M 1%:M :> 'M_(1 + 1).
Proof.
apply/matrixP => i j; rewrite gram_entry -[i](splitK i) -[j](splitK j).
by case: (fintype.split i) => i'; case: (fintype.split j) => j';
  rewrite ?block_mxEul ?block_mxEur ?block_mxEdl ?block_mxEdr ?ord1 !mxE -!val_eqE.
Qed.

Lemma first_unit_block : first_unit R = col_mx 1%:M 0 :> 'cV_(1 + 1).
Proof.
apply/matrixP => i j; rewrite mxE -[i](splitK i).
by case: (fintype.split i) => i'; rewrite ?col_mxEu ?col_mxEd ?ord1 !mxE -!val_eqE.
Qed.

(** 5 where the signs off the two diagonals agree, 1 elsewhere. *)
Lemma error_by_parity w1 w2 :
  replacement_error R w1 w2 = if parity w1 == parity w2 then 5 else 1.
Proof.
rewrite /replacement_error.
have -> : replaced (J w1) (J w2) 1%:M = (J w2)^T *m J w2 *m ((J w1)^T *m J w1).
  by rewrite /replaced mulmx1 !mulmxA.
rewrite mul1mx !gram_block first_unit_block.
rewrite -mulmxA !mul_block_col !mulmx1 !mulmx0 !addr0 !mul1mx opp_col_mx add_col_mx.
rewrite /sq ipE big_split_ord /= !big_ord1 !col_mxEu !col_mxEd mul_scalar_mx !mxE.
rewrite !big_ord1 !mxE /= !mulr1n.
by case: (parity w1); case: (parity w2); rewrite /= ?expr0 ?expr1; ring.
Qed.

Lemma sum_draws (G : draw -> nat) :
  (\sum_w G w = \sum_(x : bool) \sum_(y : bool) \sum_(z : bool) G (x, (y, z)))%N.
Proof.
rewrite (eq_bigr (fun w => G (w.1, (w.2.1, w.2.2)))); last by case=> x [].
rewrite -(pair_bigA _ (fun x (yz : bool * bool) => G (x, (yz.1, yz.2)))) /=.
by apply: eq_bigr => x _; rewrite -(pair_bigA _ (fun y z => G (x, (y, z)))).
Qed.

Lemma card_parities (f : bool -> bool) :
  #|[set w : draw * draw | f (parity w.1 == parity w.2)]| =
  (\sum_(w1 : draw) \sum_(w2 : draw) f (parity w1 == parity w2))%N.
Proof.
rewrite -sum1dep_card big_mkcond pair_bigA /=.
by apply: eq_bigr => w _; case: (f _).
Qed.

(** Half of the 64 pairs of draws have the error 5, the others 1. *)
Theorem two_by_two_law :
  #|[set w : draw * draw | replacement_error R w.1 w.2 == 5]| = 32%N /\
  #|[set w : draw * draw | replacement_error R w.1 w.2 == 1]| = 32%N.
Proof.
have n15 : (1 == 5 :> R) = false by rewrite (eqr_nat R 1 5).
have n51 : (5 == 1 :> R) = false by rewrite (eqr_nat R 5 1).
have count (c : R) (f : bool -> bool) :
    (forall w1 w2, (replacement_error R w1 w2 == c) = f (parity w1 == parity w2)) ->
    #|[set w : draw * draw | replacement_error R w.1 w.2 == c]| =
    #|[set w : draw * draw | f (parity w.1 == parity w.2)]|.
  by move=> E; apply: eq_card => w; rewrite !inE E.
rewrite (count 5 id) ?(count 1 negb); first last.
- by move=> w1 w2; rewrite error_by_parity; case: (_ == parity w2); rewrite /= ?eqxx ?n15.
- by move=> w1 w2; rewrite error_by_parity; case: (_ == parity w2); rewrite /= ?eqxx ?n51.
have four (f : bool -> bool) : f = id \/ f = negb ->
    (\sum_(w1 : draw) \sum_(w2 : draw) f (parity w1 == parity w2) = 32)%N.
  move=> f_id; rewrite (eq_bigr (fun=> 4%N)) ?sum_nat_const ?card_prod ?card_bool // => w1 _.
  move: (parity w1) => b; rewrite sum_draws !big_bool /parity /=.
  by case: f_id => ->; case: b.
have four_id := four id (or_introl erefl); have four_negb := four negb (or_intror erefl).
by rewrite (card_parities id) (card_parities negb) four_id four_negb.
Qed.

Theorem two_by_two_fails w1 w2 (eps : R) :
  0 <= eps < 1 -> ~ replacement_error R w1 w2 <= eps ^+ 2.
Proof.
case/andP=> e0 e1; rewrite error_by_parity => bad.
have : 1 <= eps ^+ 2 by apply: le_trans bad; case: eqP => _; rewrite ?ler1n.
by rewrite leNgt expr_lt1 ?e1.
Qed.
End Draws.
