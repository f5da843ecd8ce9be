(** * False neighbours of the theorems on data with a minimum at a chosen plane *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Compatibility Definitions InnerProduct SpuriousGain PlantedPlanes.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

Section PlantedNeighbours.
Variable R : realFieldType.

Lemma except_one (x y : R) : except_at (0 : 'I_1) x y = const_mx x.
Proof. by apply/rowP => j; rewrite !mxE ord1 eqxx. Qed.

(** Without the rest of fourth order: k = 1, n = 2, C = 1, eigenvalues 1 and 4, t = 1. *)
Theorem not_planted_second_order :
  ~ forall m k q n d (e : 'M[R]_(k, n)) (z : 'M_(q, n)) (X : 'M_(n, d)) (Y : 'M_(m, d))
      (a1 : 'I_k) (b1 : 'I_q) (rho L : R) (t : 'M_(k, q)),
    planted e z X Y (except_at b1 1 (rho ^+ 2)) (except_at a1 1 (L ^+ 2)) (except_at b1 4 0) ->
    gain X Y (e + t *m z) - gain X Y e =
    3 * t a1 b1 ^+ 2 - (L ^+ 2 - 4) * (\sum_(a | a != a1) t a b1 ^+ 2)
    - rho ^+ 2 * (\sum_(b | b != b1) (t a1 b ^+ 2 + L ^+ 2 * (\sum_(a | a != a1) t a b ^+ 2))).
Proof.
pose e : 'M[R]_(1, 1 + 1) := row_mx 1%:M 0; pose z : 'M[R]_(1, 1 + 1) := row_mx 0 1%:M.
pose Y : 'M[R]_(1 + 1) := block_mx 1%:M 0 0 2%:M.
move=> /(_ _ _ _ _ _ e z 1%:M Y 0 0 0 0 1%:M) bad.
have good : planted e z 1%:M Y (except_at 0 1 (0 ^+ 2)) (except_at 0 1 (0 ^+ 2)) (except_at 0 4 0).
  have eigen : \row_b (except_at (0 : 'I_1) 1 (0 ^+ 2) 0 b * except_at (0 : 'I_1) 4 0 0 b) =
      const_mx (2 * 2) :> 'rV[R]_1.
    by apply/rowP => b; rewrite !mxE ord1 eqxx mul1r; ring.
  have V1 : col_mx e z = 1%:M by rewrite scalar_mx_block.
  rewrite /planted V1 eigen !except_one !diag_mx_row !diag_const_mx; split.
    by rewrite !mul1mx trmx1 scalar_mx_block.
  rewrite !mul1mx trmxK /Y tr_block_mx !trmx0 trmx1 tr_scalar_mx mulmx_block.
  by rewrite !mul0mx !mulmx0 !addr0 add0r mul1mx -scalar_mxM.
have cancel (x y : R) : x - y = x -> y = 0.
  by move/eqP; rewrite -subr_eq0 addrAC subrr add0r oppr_eq0 => /eqP.
have := bad good; rewrite (planted_second_order good) => /cancel/eqP.
rewrite !except_one !diag_const_mx trmx1 !mul1mx !mulmx1.
have -> : 1%:M + 1%:M = 2%:M :> 'M[R]_1.
  by apply/matrixP => i j; rewrite !mxE !ord1 eqxx !mulr1n; ring.
have -> : 4%:M - 1%:M = 3%:M :> 'M[R]_1.
  by apply/matrixP => i j; rewrite !mxE !ord1 eqxx !mulr1n; ring.
by rewrite invmx_scalar -scalar_mxM mxtrace_scalar mulr1n mulf_eq0 invr_eq0 !pnatr_eq0.
Qed.

(** Without the condition that the motion is missing: k = 1, n - k = 1. *)
Theorem not_missing_motion_concave :
  ~ forall k q (a1 : 'I_k) (b1 : 'I_q), exists c : R, forall rho L : R,
    3 * c < rho ^+ 2 -> 3 * c < L ^+ 2 - 4 -> forall t : 'M_(k, q), t != 0 ->
    3 * t a1 b1 ^+ 2 - (L ^+ 2 - 4) * (\sum_(a | a != a1) t a b1 ^+ 2)
    - rho ^+ 2 * (\sum_(b | b != b1) (t a1 b ^+ 2 + L ^+ 2 * (\sum_(a | a != a1) t a b ^+ 2))) < 0.
Proof.
move=> /(_ 1%N 1%N 0 0)[c bad]; pose h := 3 + 3 * `|c|.
have c0 : 0 <= 3 * `|c| by rewrite mulr_ge0 ?ler0n.
have large : 3 * c < h ^+ 2 - 4.
  apply: (@le_lt_trans _ _ (3 * `|c|)); first by rewrite ler_wpM2l ?ler0n ?ler_norm.
  have alg (y : R) : (3 + y) ^+ 2 - 4 - y = 5 + (5 * y + y ^+ 2) by ring.
  rewrite -subr_gt0 /h alg; apply: ltr_wpDr; last by rewrite ltr0n.
  by apply: addr_ge0; [apply: mulr_ge0; rewrite ?ler0n|exact: sqr_ge0].
have larger : 3 * c < h ^+ 2 by apply: lt_le_trans large _; rewrite lerBlDr lerDl ler0n.
have t0 : const_mx 1 != 0 :> 'M[R]_1.
  by apply/eqP => /matrixP/(_ 0 0)/eqP; rewrite !mxE oner_eq0.
have none (F : 'I_1 -> R) : \sum_(a | a != 0) F a = 0.
  by apply: big_pred0 => a; rewrite ord1 eqxx.
have := bad h h larger large _ t0; rewrite !none !mulr0 !subr0 mxE expr1n mulr1.
by rewrite ltNge ler0n.
Qed.

(** For any data in the place of planted ones: X = 0 at n = 2. *)
Theorem not_better_plane :
  ~ forall m k q n d (e : 'M[R]_(k, n)) (z : 'M_(q, n)) (X : 'M_(n, d)) (Y : 'M_(m, d))
      (a1 a2 : 'I_k) (b1 b2 : 'I_q) (rho L kappa : R) (i j : 'I_n),
    col i e = delta_mx a1 0 -> col j e = delta_mx a2 0 -> a1 != a2 -> b1 != b2 ->
    row b1 z = row a2 e + delta_mx 0 j ->
    row b2 z = row a1 e + delta_mx 0 i - kappa *: row a2 e -> 0 < kappa ^+ 2 + rho ^+ 2 ->
    gain X Y (e *m diag_mx (\row_c (if c \in [:: i; j] then 2 else 1))) - gain X Y e =
    3 - rho ^+ 2 * L ^+ 2 / (kappa ^+ 2 + rho ^+ 2).
Proof.
pose i : 'I_2 := ord0; pose j : 'I_2 := ord_max; pose e : 'M[R]_2 := 1%:M.
pose first := row j e + delta_mx 0 j; pose second := row i e + delta_mx 0 i - 1 *: row j e.
pose z : 'M[R]_2 := \matrix_(b, c) (if b == i then first 0 c else second 0 c).
move=> /(_ 0%N _ _ _ 0%N e z 0 0 i j i j 0 0 1 i j) bad.
have ei : col i e = delta_mx i 0 by rewrite colE mul1mx.
have ej : col j e = delta_mx j 0 by rewrite colE mul1mx.
have z1 : row i z = first by apply/rowP => c; do 2!rewrite [LHS]mxE.
have z2 : row j z = second by apply/rowP => c; do 2!rewrite [LHS]mxE.
have sq0 : 0 ^+ 2 = 0 :> R by rewrite expr0n.
have zero (W : 'M[R]_2) : gain (0 : 'M_(2, 0)) (0 : 'M_(0, 0)) W = 0.
  by rewrite /gain mulmx0 !mul0mx mulmx0 mxtrace0.
have pos : 0 < 1 ^+ 2 + 0 ^+ 2 :> R by rewrite sq0 addr0 expr1n ltr01.
have := bad ei ej isT isT z1 z2 pos; rewrite !zero subrr sq0 !mul0r subr0 => /eqP.
by rewrite eq_sym pnatr_eq0.
Qed.

(** With A = 0, on which all is bent: n = k = 0. *)
Theorem not_bent_weights_spurious :
  ~ forall n p l k (kept : 'I_l -> 'I_n) (E : 'M[R]_(k, l)) (w : nat -> 'M_(n, 2)) (A : 'M_(k, n))
      (K h0 : R), (0 < p)%N -> row_free (E *m truncated p kept w) -> 0 < h0 ->
    (forall j, col j (E *m truncated p kept w) != 0) ->
    (forall i, ~~ ((delta_mx 0 i : 'rV[R]_n) <= E *m truncated p kept w)%MS) ->
    (forall E' w', let U := E' *m truncated p kept w' - E *m truncated p kept w in
      sq U <= h0 -> `|ip A U| <= K * sq U) ->
    exists d m (X : 'M[R]_(n, d)) (Y : 'M[R]_(m, d)) (D : 'M[R]_(m, k)),
      joint_local_min p kept X Y D E w /\
      exists D' w', loss (truncated p kept w') X Y D' E < loss (truncated p kept w) X Y D E.
Proof.
move=> /(_ 0%N 1%N 0%N 0%N id 0 (fun=> 0) 0 0 1 isT) bad.
have free : row_free ((0 : 'M[R]_(0, 0)) *m truncated 1 id (fun=> 0)).
  by rewrite mul0mx /row_free mxrank0.
have [[]//|[]//|E' w' U _|d [m [X [Y [D [_ [D' [w']]]]]]]] := bad free ltr01.
  by rewrite ip0l normr0 mul0r.
by rewrite /loss !mulmx0 !mul0mx ltxx.
Qed.
End PlantedNeighbours.
