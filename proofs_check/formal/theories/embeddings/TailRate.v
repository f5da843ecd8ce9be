(** * How slowly the failure probability of the transform falls

    The indicator of the first s = 2^q numbers goes to zero with probability 2^(-5 s) at least, for
    k = s^2 rows of n >= 2k. No rate r^k with r < 1 is as slow, so exp(-c k eps^2) is none. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Reconstruction.
From Butterfly Require Import Draws Moments Cosets.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

(** C(n - n/s, k) / C(n, k) >= (1 - 2/s)^k for 2k <= n: a factor is at least 1 - (n/s)/(n/2). *)
Lemma bin_share n m s k : (m * s = n)%N -> (2 * k <= n)%N ->
  ('C(n, k) * (s - 2) ^ k <= 'C(n - m, k) * s ^ k)%N.
Proof.
move=> ms; elim: k => [|k IH] kn; first by rewrite !bin0.
have k2n : (2 * k <= n)%N by rewrite (leq_trans _ kn) // leq_mul2l leqnSn.
have kn' : (k <= n - k)%N by rewrite leq_subRL ?addnn -?mul2n // (leq_trans _ k2n) ?leq_pmull.
have factor : ((n - k) * (s - 2) <= (n - m - k) * s)%N.
  have -> : ((n - m - k) * s = (n - k) * s - n)%N by rewrite subnAC mulnBl ms.
  rewrite mulnBr leq_sub2l // -[X in (X <= _)%N](subnK (leq_trans kn' (leq_subr _ _))).
  by rewrite muln2 -addnn leq_add2l.
rewrite -(leq_pmul2l (ltn0Sn k)) !mulnA !mul_bin_left !expnSr.
have := leq_mul (IH k2n) factor.
by rewrite mulnACA -[X in (_ <= X)%N -> _]mulnACA !(mulnC 'C(_, _)) !mulnA.
Qed.

Section Rate.
Variable R : rcfType.

(** Bernoulli's inequality. *)
Lemma bernoulli (x : R) m : - 1 <= x -> 1 + m%:R * x <= (1 + x) ^+ m.
Proof.
move=> x1; elim: m => [|m IH]; first by rewrite mul0r addr0 expr0.
have x0 : 0 <= 1 + x by rewrite -(subrr 1) lerD2l.
rewrite exprS; apply: le_trans (ler_wpM2l x0 IH).
rewrite -subr_ge0 (_ : _ - _ = m%:R * x ^+ 2); last by rewrite -[m.+1]addn1 natrD; ring.
by rewrite mulr_ge0 ?ler0n // sqr_ge0.
Qed.

(** (1 - 2/s)^(s^2) >= 2^(-4 s) at s = 4u, from (1 - 2/s)^(s/4) >= 1/2. *)
Lemma share_ge u : (0 < u)%N ->
  2^-1 ^+ (4 * (4 * u)) <= (1 - 2 / (4 * u)%:R) ^+ (4 * u * (4 * u)) :> R.
Proof.
move=> u0; have u0' : u%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
set x : R := 2 / (4 * u)%:R.
have x_half : u%:R * x = 2^-1 by rewrite /x natrM; field.
have x1 : x <= 1.
  by rewrite /x ler_pdivrMr ?ltr0n ?muln_gt0 // mul1r ler_nat (leq_trans _ (leq_pmulr 4 u0)).
have base : 2^-1 <= (1 - x) ^+ u.
  have := @bernoulli (- x) u; rewrite mulrN x_half (_ : 1 - 2^-1 = 2^-1); last by field.
  by apply; rewrite lerN2.
have -> : (4 * u * (4 * u) = u * (4 * (4 * u)))%N by rewrite -mulnA mulnCA.
rewrite [X in _ <= X]exprM; apply: lerXn2r => //; rewrite nnegrE ?invr_ge0 ?ler0n //.
by rewrite exprn_ge0 // subr_ge0.
Qed.

(** Pr[J x = 0] >= 2^(-5 sqrt k) for the indicator x of the first s = sqrt k numbers. *)
Theorem subgroup_rate p q : (2 <= q)%N -> (2 * 4 ^ q <= 2 ^ p)%N ->
  2^-1 ^+ (5 * 2 ^ q) <=
  chance R (all_draws p (4 ^ q)%N) (fun t => transform R t *m \col_(j < dim p) (j < dim q)%:R == 0).
Proof.
move=> q2 kn; set k := (4 ^ q)%N; have kn' : (k <= dim p)%N.
  by rewrite dimE (leq_trans _ kn) // leq_pmull.
have sk : (dim q * dim q = k)%N by rewrite dimE -expnMn.
have qp : (q <= p)%N.
  by rewrite -(leq_exp2l (m := 2)) // -!dimE (leq_trans _ kn') // -sk leq_pmulr // dimE expn_gt0.
have k0 : (0 < k)%N by rewrite expn_gt0.
have range : (0 < k <= dim p)%N by rewrite k0.
apply: le_trans (coset_adversary R qp range).
have C0 : 0 < 'C(dim p, k)%:R :> R by rewrite ltr0n bin_gt0.
rewrite ler_pdivlMr //.
have [u su u0] : exists2 u, dim q = (4 * u)%N & (0 < u)%N.
  exists (2 ^ (q - 2))%N; last by rewrite expn_gt0.
  by rewrite dimE -(expnD 2 2) subnKC.
have s0 : (0 < dim q)%N by rewrite su muln_gt0.
have s0' : 0 < (dim q)%:R :> R by rewrite ltr0n.
have ms : (dim p %/ dim q * dim q = dim p)%N by rewrite divnK // !dimE dvdn_exp2l.
have k2n : (2 * k <= dim p)%N by rewrite dimE.
have share : (1 - 2 / (dim q)%:R) ^+ k * 'C(dim p, k)%:R <=
    'C(dim p - dim p %/ dim q, k)%:R :> R.
  rewrite -(ler_pM2r (_ : 0 < (dim q)%:R ^+ k)) ?exprn_gt0 // mulrAC -exprMn mulrBl mul1r.
  rewrite divfK ?gt_eqF // -natrB; last by rewrite su (leq_trans _ (leq_pmulr 4 u0)).
  by rewrite mulrC -!natrX -!natrM ler_nat bin_share.
apply: le_trans (ler_wpM2l _ share); last by rewrite divr_ge0 ?exprn_ge0 ?ler0n.
rewrite mulrA ler_wpM2r ?ler0n // -dimE (_ : (5 * dim q = dim q + 4 * dim q)%N); last first.
  by rewrite mulSn.
rewrite exprD -sk; apply: ler_pM; rewrite ?exprn_ge0 ?invr_ge0 ?ler0n //; last first.
  by rewrite su share_ge.
rewrite exprVn -[X in X <= _]mul1r ler_wpM2r ?invr_ge0 ?exprn_ge0 ?ler0n //.
by rewrite ler1n muln_gt0.
Qed.

(** What goes to zero does not keep its norm. *)
Lemma lost_vector k n (eps : R) (J : 'M[R]_(k, n)) (x : 'cV[R]_n) :
  0 <= eps < 1 -> x != 0 -> J *m x = 0 -> ~~ keeps_norm eps J x.
Proof.
case/andP=> _ e1 x0 Jx; rewrite /keeps_norm Jx /sq ip0l negb_and -ltNge.
by rewrite mulr_gt0 // ?exprn_gt0 ?subr_gt0 // lt_def sq_eq0 x0 sq_ge0.
Qed.

(** In an archimedean field, such as the real numbers, no rate C r^k with r < 1 bounds the
    probability that the norm of a vector is not kept up to eps. Take r = exp(-c eps^2). *)
Theorem tail_fails (eps C r : R) k0 : (forall x : R, exists m, x < m%:R) ->
  0 <= eps < 1 -> 0 < r < 1 ->
  exists2 k, (k0 <= k)%N & forall p, (2 * k <= 2 ^ p)%N -> exists x : 'cV[R]_(dim p),
    C * r ^+ k < chance R (all_draws p k) (fun t => ~~ keeps_norm eps (transform R t) x).
Proof.
move=> archimedean eps01 /andP[r0 r1].
pose c : R := Num.max C 1; have c1 : 1 <= c by rewrite le_max lexx orbT.
have c0 : 0 < c by rewrite (lt_le_trans ltr01).
pose d := r^-1 - 1; have d0 : 0 < d by rewrite subr_gt0 invf_gt1.
have [m m_large] := archimedean (2 ^+ 5 * c / d).
pose q := maxn 2 (maxn m k0); have q2 : (2 <= q)%N by rewrite leq_maxl.
have sq : (q < 2 ^ q)%N by apply: ltn_expl.
set s := (2 ^ q)%N in sq; have s0 : (0 < s)%N by rewrite expn_gt0.
have ms : (m <= s)%N by rewrite (leq_trans _ (ltnW sq)) // /q !leq_max leqnn orbT.
have k0s : (k0 <= s)%N by rewrite (leq_trans _ (ltnW sq)) // /q !leq_max leqnn !orbT.
have ss : (4 ^ q = s * s)%N by rewrite /s -expnMn.
(* 32 c r^s < 1, by Bernoulli's inequality for 1/r = 1 + d *)
have fast : 2 ^+ 5 * c * r ^+ s < 1.
  rewrite -ltr_pdivlMr ?exprn_gt0 // mul1r -exprVn (_ : r^-1 = 1 + d); last first.
    by rewrite addrC subrK.
  apply: lt_le_trans (bernoulli s (_ : -1 <= d)); last by rewrite (le_trans _ (ltW d0)) ?lerN10.
  apply: lt_le_trans (_ : m%:R * d <= _); first by rewrite -ltr_pdivrMr.
  by rewrite ler_wpDl ?ler01 // ler_wpM2r ?(ltW d0) // ler_nat.
exists (4 ^ q)%N => [|p kn]; first by rewrite ss (leq_trans k0s) // leq_pmulr.
exists (\col_(j < dim p) (j < dim q)%:R).
apply: lt_le_trans (le_trans (subgroup_rate q2 kn) _).
  have rs0 : 0 <= r ^+ s by rewrite exprn_ge0 ?ltW.
  apply: (@le_lt_trans _ _ ((c * r ^+ s) ^+ s)).
    rewrite exprMn ss exprM; apply: ler_wpM2r; first by rewrite exprn_ge0.
    by apply: (@le_trans _ _ c); rewrite ?ler_eXnr // le_max lexx.
  rewrite exprM -/s -(ltr_pM2r (_ : 0 < (2 ^+ 5) ^+ s)) ?exprn_gt0 ?ltr0n // -!exprMn.
  rewrite mulVf ?pnatr_eq0 // !expr1n expr_lt1 // ?[_ * 2 ^+ 5]mulrC ?mulrA //.
  by rewrite !mulr_ge0 ?exprn_ge0 ?ler0n // ltW.
apply: chance_le => t _ /eqP; apply: lost_vector => //.
have n0 : (0 < dim p)%N by rewrite dimE expn_gt0.
apply/eqP => /colP/(_ (Ordinal n0))/eqP; rewrite !mxE /= dimE expn_gt0.
by rewrite oner_eq0.
Qed.
End Rate.
