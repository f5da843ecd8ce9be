(** * Small steps of all weights, and the columns of a butterfly *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct Projectors PlantedPlanes.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section Steps.
Variable R : realFieldType.

Lemma sqD_le3 m n (x y z : 'M[R]_(m, n)) : sq (x + y + z) <= 3 * (sq x + sq y + sq z).
Proof.
rewrite -subr_ge0.
rewrite (_ : _ - _ = sq (x - y) + sq (y - z) + sq (x - z)) ?addr_ge0 ?sq_ge0 // !sqB !sqD ipDl.
by move: (sq x) (sq y) (sq z) <[x, y]> <[x, z]> <[y, z]> => a b c d f g; ring.
Qed.

Lemma near_sq m n (h : R) (A B : 'M[R]_(m, n)) : near h A B -> sq (B - A) <= (m * n)%:R * h ^+ 2.
Proof.
move=> close; rewrite /sq ipE.
have <- : \sum_(i < m) \sum_(j < n) h ^+ 2 = (m * n)%:R * h ^+ 2.
  under eq_bigr do rewrite sumr_const card_ord.
  by rewrite sumr_const card_ord -mulrnA mulr_natl mulnC.
apply: ler_sum => i _; apply: ler_sum => j _; rewrite !mxE -expr2 -real_normK ?num_real // distrC.
by have c := close i j; rewrite lerXn2r ?nnegrE ?normr_ge0 // (le_trans (normr_ge0 _) c).
Qed.

(** A step h > 0 with C h^2 <= delta. *)
Lemma step_exists (C delta : R) : 0 < delta -> exists2 h, 0 < h & h <= 1 /\ C * h <= delta.
Proof.
move=> d0; have C0 : 0 < 1 + `|C| by rewrite ltr_wpDr ?ltr01.
exists (Num.min 1 (delta / (1 + `|C|))); first by rewrite lt_min ltr01 divr_gt0.
set h := Num.min _ _; have h0 : 0 <= h by rewrite le_min ler01 divr_ge0 ?ltW.
split; first by rewrite ge_min lexx.
apply: (@le_trans _ _ ((1 + `|C|) * h)).
  by rewrite ler_wpM2r // (le_trans (ler_norm _)) // lerDr ler01.
by rewrite mulrC -ler_pdivlMr // ge_min lexx orbT.
Qed.

Lemma near_small m n (delta : R) : 0 < delta -> exists2 h, 0 < h &
  forall A B : 'M[R]_(m, n), near h A B -> sq (B - A) <= delta.
Proof.
move=> d0; have [h h0 [h1 hC]] := step_exists (m * n)%:R d0; exists h => // A B /near_sq le.
apply: le_trans le _; apply: le_trans _ hC; rewrite ler_wpM2l ?ler0n //.
by rewrite expr2 ler_piMr // ltW.
Qed.

Lemma mul_close m n p (A : 'M[R]_(m, n)) (B : 'M_(n, p)) (delta : R) : 0 < delta ->
  exists2 h, 0 < h & forall A' B', sq (A' - A) <= h -> sq (B' - B) <= h ->
    sq (A' *m B' - A *m B) <= delta.
Proof.
move=> d0; have [h h0 [h1 hC]] := step_exists (3 * (1 + sq B + sq A)) d0; exists h => // A' B' a b.
have -> : A' *m B' - A *m B = (A' - A) *m (B' - B) + (A' - A) *m B + A *m (B' - B).
  rewrite -mulmxDr subrK mulmxBl mulmxBr.
  by move: (A' *m B') (A *m B') (A *m B) => x y z; rewrite addrA subrK.
apply: le_trans (sqD_le3 _ _ _) _; apply: le_trans _ hC; rewrite -mulrA ler_wpM2l ?ler0n //.
rewrite !mulrDl mul1r; apply: lerD; first apply: lerD; apply: le_trans (sq_mul _ _) _.
- by rewrite -[X in _ <= X]mulr1 ler_pM ?sq_ge0 // (le_trans b).
- by rewrite mulrC ler_wpM2l ?sq_ge0.
by rewrite ler_wpM2l ?sq_ge0.
Qed.

Lemma layer_close n i (delta : R) : 0 < delta -> exists2 h, 0 < h &
  forall a b : 'M[R]_(n, 2), near h a b -> sq (layer i b - layer i a) <= delta.
Proof.
move=> d0; have [h h0 small] := near_small n n d0; exists (h / 2); first by rewrite divr_gt0 ?ltr0n.
move=> a b close; apply: small => r c; rewrite !mxE opprD addrACA -!mulrnBl.
rewrite (le_trans (ler_normD _ _)) // [h](splitr h) lerD //.
  by case: eqP => _; rewrite ?mulr1n ?mulr0n ?normr0 // ltW // divr_gt0 ?ltr0n.
by case: eqP => _; rewrite ?mulr1n ?mulr0n ?normr0 // ltW // divr_gt0 ?ltr0n.
Qed.

Lemma butterfly_close n q (w : nat -> 'M[R]_(n, 2)) (delta : R) : 0 < delta ->
  exists2 h, 0 < h & forall w', (forall i, (i < q)%N -> near h (w i) (w' i)) ->
    sq (butterfly q w' - butterfly q w) <= delta.
Proof.
elim: q delta => [|q IH] delta d0; first by exists 1 => // w' _; rewrite subrr /sq ip0l ltW.
have [h h0 close] := mul_close (layer q (w q)) (butterfly q w) d0.
have [h1 h10 close1] := layer_close n q h0; have [h2 h20 close2] := IH h h0.
exists (Num.min h1 h2) => [|w' near_w]; first by rewrite lt_min h10.
have weak (g : R) (A B : 'M[R]_(n, 2)) : Num.min h1 h2 <= g -> near (Num.min h1 h2) A B ->
  near g A B.
  by move=> le nAB i j; apply: le_trans (nAB i j) le.
apply: close; first by apply: close1; apply: weak (near_w _ (ltnSn q)); rewrite ge_min lexx.
apply: close2 => i iq; apply: weak (near_w _ (ltnW iq)); by rewrite ge_min lexx orbT.
Qed.

Variables (n l k : nat) (kept : 'I_l -> 'I_n).
Lemma truncatedE_sub p (w : nat -> 'M[R]_(n, 2)) :
  truncated p kept w = rowsub kept 1%:M *m butterfly p w.
Proof.
apply/matrixP => i j; rewrite !mxE (bigD1 (kept i)) //= !mxE eqxx mul1r big1 ?addr0 // => h hk.
by rewrite !mxE eq_sym (negPf hk) mul0r.
Qed.

Lemma encoder_close p (E : 'M[R]_(k, l)) (w : nat -> 'M[R]_(n, 2)) (delta : R) : 0 < delta ->
  exists2 h, 0 < h & forall E' w', near h E E' -> (forall i, (i < p)%N -> near h (w i) (w' i)) ->
    sq (E' *m truncated p kept w' - E *m truncated p kept w) <= delta.
Proof.
move=> d0; have [h h0 close] := mul_close E (truncated p kept w) d0.
have [h1 h10 close1] := near_small k l h0.
have [g g0 closeg] := mul_close (rowsub kept 1%:M) (butterfly p w) h0.
have [h2 h20 close2] := butterfly_close p w g0.
exists (Num.min h1 h2) => [|E' w' near_E near_w]; first by rewrite lt_min h10.
apply: close.
  apply: close1 => i j; apply: le_trans (near_E i j) _; by rewrite ge_min lexx.
rewrite !truncatedE_sub; apply: closeg; first by rewrite subrr /sq ip0l ltW.
apply: close2 => i ip a b; apply: le_trans (near_w i ip a b) _; by rewrite ge_min lexx orbT.
Qed.

(** The weights that read input c, times s_c: column c of B, times s_c. *)
Lemma scaled_columns p (w : nat -> 'M[R]_(n, 2)) (s : 'rV[R]_n) : (0 < p)%N ->
  exists w', truncated p kept w' = truncated p kept w *m diag_mx s.
Proof.
case: p => // p' _.
pose partner (r : 'I_n) : R := if insub (flip 0 r) is Some c then s 0 c else 0.
pose w' i := if i is 0%N then \matrix_(r, c) (w 0%N r c * (if c == 0 then s 0 r else partner r))
  else w i : 'M[R]_(n, 2).
exists w'; rewrite !truncatedE_sub -mulmxA; congr (_ *m _).
elim: p' => [|q IH].
  rewrite /= !mulmx1; apply/matrixP => r c; rewrite mul_mx_diag !mxE /= mulrDl; congr (_ + _).
    by case: eqP => [->|_]; rewrite ?mulr1n ?mulr0n ?mul0r.
  rewrite /partner; case: eqP => [eq|_]; rewrite ?mulr1n ?mulr0n ?mul0r // -eq.
  by rewrite valK.
by rewrite [LHS]/= -/(butterfly q.+1 w') IH mulmxA.
Qed.
End Steps.
