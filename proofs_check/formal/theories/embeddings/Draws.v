(** * Means over draws: signs and subsets of rows

    A product of signs has the mean 0 when some sign occurs an odd number of times. A sum over
    the kept rows has the second moment of a sample without replacement. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Reconstruction.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

(** ** Calculus of means *)
Section Means.
Variables (R : rcfType) (T : finType) (A : {set T}).
Implicit Types (f g : T -> R).

Lemma eq_mean f g : {in A, f =1 g} -> mean A f = mean A g.
Proof. by move=> fg; rewrite /mean (eq_bigr g). Qed.
Lemma meanD f g : mean A (fun t => f t + g t) = mean A f + mean A g.
Proof. by rewrite /mean big_split mulrDl. Qed.
Lemma meanZ c f : mean A (fun t => c * f t) = c * mean A f.
Proof. by rewrite /mean -mulr_sumr mulrA. Qed.
Lemma meanN f : mean A (fun t => - f t) = - mean A f.
Proof. by rewrite /mean sumrN mulNr. Qed.
Lemma meanB f g : mean A (fun t => f t - g t) = mean A f - mean A g.
Proof. by rewrite meanD meanN. Qed.
Lemma mean_sum (I : finType) (f : I -> T -> R) :
  mean A (fun t => \sum_i f i t) = \sum_i mean A (f i).
Proof. by rewrite /mean exchange_big mulr_suml. Qed.
Lemma le_mean f g : {in A, forall t, f t <= g t} -> mean A f <= mean A g.
Proof. by move=> fg; rewrite ler_wpM2r ?invr_ge0 ?ler0n ?ler_sum. Qed.
Lemma mean_ge0 f : {in A, forall t, 0 <= f t} -> 0 <= mean A f.
Proof. by move=> f0; rewrite divr_ge0 ?ler0n ?sumr_ge0. Qed.

Hypothesis A0 : (0 < #|A|)%N.
Lemma mean_const (c : R) : mean A (fun=> c) = c.
Proof. by rewrite /mean sumr_const -(mulr_natr c) mulfK // pnatr_eq0 -lt0n. Qed.

Lemma chance_mean (event : pred T) : chance R A event = mean A (fun t => (event t)%:R).
Proof.
rewrite /chance /mean -sum1dep_card natr_sum big_mkcondr; congr (_ / _).
by apply: eq_bigr => t _; case: (event t).
Qed.

(** Markov's inequality. *)
Lemma markov f c : {in A, forall t, 0 <= f t} -> 0 < c ->
  chance R A (fun t => c <= f t) <= mean A f / c.
Proof.
move=> f0 c0; rewrite chance_mean ler_pdivlMr // mulrC -meanZ; apply: le_mean => t tA.
by have [cf|_] := boolP (c <= f t); rewrite ?mulr1 ?mulr0 ?f0.
Qed.

Lemma chance_le (e e' : pred T) : {in A, forall t, e t -> e' t} -> chance R A e <= chance R A e'.
Proof.
move=> ee; rewrite !chance_mean; apply: le_mean => t tA.
by case: (e t) (ee t tA) => [->|_] //; rewrite ?ler0n.
Qed.

Lemma varianceE f : variance A f = mean A (fun t => f t ^+ 2) - mean A f ^+ 2.
Proof.
rewrite /variance; set c := mean A f.
rewrite (eq_mean (g := fun t => f t ^+ 2 - (2 * c) * f t + c ^+ 2)); last by move=> t _; ring.
by rewrite meanD meanB meanZ mean_const -/c; ring.
Qed.
End Means.

(** Independent draws: the mean over pairs is the mean of a mean. *)
Lemma mean_setX (R : rcfType) (T U : finType) (A : {set T}) (B : {set U}) (f : T * U -> R) :
  mean (setX A B) f = mean A (fun t => mean B (fun u => f (t, u))).
Proof.
rewrite /mean cardsX mulnC natrM -mulr_suml -mulrA -invfM; congr (_ / _).
rewrite pair_big_dep /=; apply: eq_big => [[t u]|[t u] _] //=; exact: in_setX.
Qed.

(** ** Signs *)
Section Signs.
Variables (R : rcfType) (n : nat).
Implicit Types (N : {set 'I_n}) (a b i j : 'I_n).

Definition sign N i : R := (-1) ^+ (i \in N).

Let turned i N := [set j | (j \in N) (+) (j == i)].
Lemma sum_odd i (f : {set 'I_n} -> R) : (forall N, f (turned i N) = - f N) -> \sum_N f N = 0.
Proof.
move=> odd_f; have inv : involutive (turned i).
  by move=> N; apply/setP => j; rewrite !inE -addbA addbb addbF.
have : \sum_N f N = - \sum_N f N.
  by rewrite {1}(reindex_inj (inv_inj inv)) -sumrN; apply: eq_bigr => N _; apply: odd_f.
by move/eqP; rewrite -addr_eq0 -mulr2n mulrn_eq0 => /eqP.
Qed.

Lemma sign_turned i N j : sign (turned i N) j = (-1) ^+ (j == i) * sign N j.
Proof. by rewrite /sign inE signr_addb mulrC. Qed.

Lemma sign2 N i : sign N i * sign N i = 1.
Proof. by rewrite /sign -signr_addb addbb. Qed.

Let all_signs : R := #|{: {set 'I_n}}|%:R.
Lemma sum_signs1 : \sum_(N : {set 'I_n}) 1 = all_signs.
Proof. by rewrite sumr_const. Qed.

Lemma sum_signs2 i j : \sum_N sign N i * sign N j = (i == j)%:R * all_signs.
Proof.
have [->|ij] := eqVneq i j; first by under eq_bigr do rewrite sign2; rewrite sum_signs1 mul1r.
rewrite mul0r; apply: (sum_odd (i := i)) => N.
by rewrite !sign_turned eqxx eq_sym (negbTE ij) /=; ring.
Qed.

(** Of a product of four signs the mean is 1 if they are equal in pairs, and 0 if not. *)
Lemma sum_signs4 i a j b : \sum_N (sign N i * sign N a) * (sign N j * sign N b) =
  (if i == a then (j == b)%:R else
   (i == j)%:R * (a == b)%:R + (i == b)%:R * (j == a)%:R) * all_signs.
Proof.
have [->|ia] := eqVneq i a.
  by under eq_bigr do rewrite sign2 mul1r; rewrite sum_signs2.
have [<-|ij] := eqVneq i j.
  under eq_bigr do rewrite mulrACA sign2 mul1r.
  by rewrite sum_signs2 (negbTE ia) mul1r mulr0 addr0.
have [<-|ib] := eqVneq i b.
  under eq_bigr do rewrite [sign _ j * _]mulrC mulrACA sign2 mul1r.
  by rewrite sum_signs2 mul0r add0r mul1r eq_sym.
rewrite !mul0r addr0 mul0r; apply: (sum_odd (i := i)) => N.
by rewrite !sign_turned eqxx !(eq_sym _ i) (negbTE ia) (negbTE ij) (negbTE ib) /=; ring.
Qed.
End Signs.

(** ** Subsets of rows *)
Section Rows.
Variables (R : rcfType) (n k : nat).
Implicit Types S : {set 'I_n}.

Lemma card_subsets (B : {set 'I_n}) :
  #|[set S : {set 'I_n} | (S \subset B) && (#|S| == k)]| = 'C(#|B|, k).
Proof. exact: cards_draws. Qed.

Lemma card_rows : #|[set S : {set 'I_n} | #|S| == k]| = 'C(n, k).
Proof.
rewrite -[in RHS](card_ord n) -cardsT -(card_subsets setT).
by apply: eq_card => S; rewrite !inE subsetT.
Qed.

(** A sum of n signs that is 0: the second moment of the sum over k of them, without replacement.
    The kept ones and the others have opposite sums, and pairs of others are simple to count. *)
Lemma sum_of_sample (c : 'I_n -> R) :
  \sum_r c r = 0 -> (forall r, c r ^+ 2 = 1) -> (0 < k)%N -> (1 < n)%N ->
  \sum_(S : {set 'I_n} | #|S| == k) (\sum_(r in S) c r) ^+ 2 = (n * 'C(n - 2, k - 1))%:R.
Proof.
move=> c0 c1 k0 n1.
have n_neq0 : (n = n.-2.+2) by rewrite -[in LHS](subnK n1) addn2 subn2.
(* the subsets without r and s *)
have count r s : \sum_(S : {set 'I_n} | #|S| == k) (r \notin S)%:R * (s \notin S)%:R =
    'C(n - 2, k)%:R + (r == s)%:R * 'C(n - 2, k - 1)%:R :> R.
  transitivity (#|[set S : {set 'I_n} | (S \subset ~: [set r; s]) && (#|S| == k)]|%:R : R).
    rewrite -sum1dep_card natr_sum big_mkcondl; apply: eq_bigr => S _.
    rewrite subsetC subUset !sub1set !inE -natrM mulnb.
    by case: (_ && _).
  rewrite card_subsets cardsCs setCK card_ord cards2.
  have [_|_] /= := eqVneq r s; last by rewrite mul0r addr0.
  by rewrite mul1r -natrD -(subnSK n1) -[in LHS](prednK k0) binS prednK // subn1.
transitivity (\sum_r \sum_s c r * c s *
    ('C(n - 2, k)%:R + (r == s)%:R * 'C(n - 2, k - 1)%:R)).
  have other S : (\sum_(r in S) c r) ^+ 2 =
      \sum_r \sum_s c r * c s * ((r \notin S)%:R * (s \notin S)%:R).
    have -> : \sum_(r in S) c r = - \sum_r c r * (r \notin S)%:R.
      apply/eqP; rewrite -addr_eq0 big_mkcond -big_split /= -[X in _ == X]c0; apply/eqP.
      by apply: eq_bigr => r _; case: (r \in S); rewrite ?mulr0 ?addr0 // mulr1 add0r.
    rewrite sqrrN expr2 mulr_suml; apply: eq_bigr => r _.
    by rewrite mulr_sumr; apply: eq_bigr => s _; rewrite mulrACA.
  rewrite (eq_bigr _ (fun S _ => other S)).
  rewrite exchange_big; apply: eq_bigr => r _; rewrite exchange_big; apply: eq_bigr => s _.
  by rewrite -mulr_sumr count.
transitivity (\sum_r (c r * \sum_s c s) * 'C(n - 2, k)%:R +
    \sum_(r < n) 'C(n - 2, k - 1)%:R).
  rewrite -big_split; apply: eq_bigr => r _ /=.
  rewrite mulr_sumr mulr_suml (bigD1 r) //= [in RHS](bigD1 r) //= eqxx mul1r mulrDr.
  rewrite -expr2 c1 !mul1r addrAC; congr (_ + _ + _).
  by apply: eq_bigr => s /negbTE sr; rewrite eq_sym sr mul0r addr0.
by rewrite c0 big1 ?add0r ?sumr_const ?card_ord ?natrM ?mulr_natl // => r _; rewrite mulr0 mul0r.
Qed.
End Rows.

(** The same as a mean: k^2 sigma^2. *)
Lemma sample_mean (R : rcfType) n k : (0 < k <= n)%N -> (1 < n)%N ->
  (n * 'C(n - 2, k - 1))%:R / 'C(n, k)%:R = k%:R ^+ 2 * sigma2 R n k.
Proof.
case/andP; case: k => // j _; case: n => [|[|m]] // jm _.
have C0 : ('C(m.+2, j.+1) != 0)%N by rewrite -lt0n bin_gt0.
rewrite /sigma2 mulrA; apply/eqP; rewrite eqr_div ?pnatr_eq0 //.
rewrite -!natrX -!natrM eqr_nat !subSS !subn0.
have e1 := mul_bin_diag m.+2 j; have e2 := mul_bin_down m.+1 j.
rewrite /= in e1 e2.
rewrite mulnACA (mulnC m.+2 j.+1) (mulnC 'C(m, j)) e2 mulnACA.
by rewrite e1 expnS expn1 mulnACA mulnA mulnAC.
Qed.
