(** * The definitions, evaluated

    Matrices are given by integer entries and computed with lists; each computed value is proved
    to be that of the definition. The values at the end are compared with the objects of the
    Python package, by a test. *)
From mathcomp Require Import all_ssreflect all_algebra.
From Butterfly Require Import Compatibility Definitions InnerProduct Reconstruction DenseLayer.
From mathcomp.algebra_tactics Require Import ring.
From Butterfly Require Import Descent SpuriousGain Gradients Sketch StrictSaddles.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.POrderTheory Order.TotalTheory.
Local Open Scope ring_scope.

(** ** Integer matrices as functions of row and column *)
Definition entries := nat -> nat -> int.
Definition times n (f g : entries) : entries :=
  fun i j => foldr (fun h s => f i h * g h j + s) 0 (iota 0 n).
Definition turned (f : entries) : entries := fun i j => f j i.
Definition minus (f g : entries) : entries := fun i j => f i j - g i j.
Definition squares m n (f : entries) : int :=
  foldr (fun i s => foldr (fun j s => f i j * f i j + s) 0 (iota 0 n) + s) 0 (iota 0 m).

Section Matrices.
Variable R : realFieldType.
Definition matrix_of m n (f : entries) : 'M[R]_(m, n) := \matrix_(i, j) (f i j)%:~R.

Lemma sum_of n (F : nat -> int) :
  \sum_(i < n) (F i)%:~R = (foldr (fun i s => F i + s) 0 (iota 0 n))%:~R :> R.
Proof.
rewrite -(big_mkord xpredT (fun i => (F i)%:~R)) /index_iota subn0.
by elim: (iota 0 n) => [|i s IH]; rewrite ?big_nil // big_cons IH -intrD.
Qed.

Lemma matrix_times m n p f g :
  matrix_of m n f *m matrix_of n p g = matrix_of m p (times n f g).
Proof.
apply/matrixP => i j; rewrite !mxE -(sum_of n (fun h => f i h * g h j)).
by apply: eq_bigr => h _; rewrite !mxE intrM.
Qed.

Lemma matrix_turned m n f : (matrix_of m n f)^T = matrix_of n m (turned f).
Proof. by apply/matrixP => i j; rewrite !mxE. Qed.

Lemma matrix_minus m n f g : matrix_of m n f - matrix_of m n g = matrix_of m n (minus f g).
Proof. by apply/matrixP => i j; rewrite !mxE /minus rmorphB. Qed.

Lemma matrix_squares m n f : sq (matrix_of m n f) = (squares m n f)%:~R.
Proof.
rewrite /sq ipE /squares.
rewrite -(sum_of m (fun i => foldr (fun j s => f i j * f i j + s) 0 (iota 0 n))).
apply: eq_bigr => i _; rewrite -(sum_of n (fun j => f i j * f i j)).
by apply: eq_bigr => j _; rewrite !mxE intrM.
Qed.

(** ** The loss, and Sigma by a solution Z *)
Variables (m k l n d : nat) (b x y dd e z : entries).

Definition loss_value : int :=
  squares m d (minus (times n (times l (times k dd e) b) x) y).

Theorem loss_evaluated :
  loss (matrix_of l n b) (matrix_of n d x) (matrix_of m d y) (matrix_of m k dd) (matrix_of k l e) =
  loss_value%:~R.
Proof. by rewrite /loss !matrix_times matrix_minus matrix_squares. Qed.

Definition signal_entries : entries :=
  times d (times l z (times n b x)) (turned (times l z (times n b x))).
Definition is_solution : bool :=
  all (fun i => all (fun j =>
    times l z (times d (times n b x) (turned (times n b x))) i j ==
    times d y (turned (times n b x)) i j) (iota 0 l)) (iota 0 m).

Theorem signal_evaluated : is_solution ->
  solves (matrix_of l n b) (matrix_of n d x) (matrix_of m d y) (matrix_of m l z) /\
  signal_by (matrix_of l n b) (matrix_of n d x) (matrix_of m l z) = matrix_of m m signal_entries.
Proof.
move=> /allP good; split; last by rewrite /signal_by !(matrix_times, matrix_turned).
rewrite /solves !(matrix_times, matrix_turned); apply/matrixP => i j; rewrite !mxE.
have im : nat_of_ord i \in iota 0 m by rewrite mem_iota add0n ltn_ord.
have jl : nat_of_ord j \in iota 0 l by rewrite mem_iota add0n ltn_ord.
have /allP good_i := good _ im.
by rewrite (eqP (good_i _ jl)).
Qed.

(** ** vec(M)^T (A x B), with vec listing rows, and the projection onto a column *)
Definition kronecker_entries (a c f : entries) : entries := times m (turned a) (times d f c).

Theorem kronecker_evaluated (a c f : entries) :
  mxvec (matrix_of m d f) *m kronecker (matrix_of m k a) (matrix_of d l c) =
  mxvec (matrix_of k l (kronecker_entries a c f)).
Proof. by rewrite mxvec_kronecker matrix_turned -mulmxA !matrix_times. Qed.

Theorem projection_evaluated (v : entries) : projection (matrix_of m 1 v) =
  (squares m 1 v)%:~R^-1 *: matrix_of m m (times 1 v (turned v)).
Proof.
rewrite /projection vTv matrix_squares invmx_scalar mul_mx_scalar -scalemxAl.
by rewrite matrix_turned matrix_times.
Qed.
End Matrices.

(** ** Minima and saddles: derivatives on a line, projectors, pseudo-inverses, eigenvectors *)
Section Saddles.
Variable R : realFieldType.
Local Notation matrix_of := (matrix_of R).

Definition plus (f g : entries) : entries := fun i j => f i j + g i j.
Definition multiple (c : int) (f : entries) : entries := fun i j => c * f i j.
Definition diagonal (s : nat -> int) : entries := fun i j => if i == j then s i else 0.
Definition inner m n (f g : entries) : int :=
  foldr (fun i s => foldr (fun j s => f i j * g i j + s) 0 (iota 0 n) + s) 0 (iota 0 m).
Definition same m n (f g : entries) : bool :=
  all (fun i => all (fun j => f i j == g i j) (iota 0 n)) (iota 0 m).

Lemma matrix_plus m n f g : matrix_of m n f + matrix_of m n g = matrix_of m n (plus f g).
Proof. by apply/matrixP => i j; rewrite !mxE intrD. Qed.

Lemma matrix_multiple m n c f : c%:~R *: matrix_of m n f = matrix_of m n (multiple c f).
Proof. by apply/matrixP => i j; rewrite !mxE intrM. Qed.

Lemma matrix_diagonal n (s : nat -> int) :
  diag_mx (\row_(i < n) (s i)%:~R) = matrix_of n n (diagonal s).
Proof.
by apply/matrixP => i j; rewrite !mxE /diagonal -val_eqE /=; case: eqP; rewrite ?mulr0n.
Qed.

Lemma matrix_inner m n f g : <[matrix_of m n f, matrix_of m n g]> = (inner m n f g)%:~R.
Proof.
rewrite ipE -(sum_of R m (fun i => foldr (fun j s => f i j * g i j + s) 0 (iota 0 n))).
apply: eq_bigr => i _; rewrite -(sum_of R n (fun j => f i j * g i j)).
by apply: eq_bigr => j _; rewrite !mxE intrM.
Qed.

Lemma matrix_same m n f g : same m n f g -> matrix_of m n f = matrix_of m n g.
Proof.
move=> /allP good; apply/matrixP => i j; rewrite !mxE.
have im : nat_of_ord i \in iota 0 m by rewrite mem_iota add0n ltn_ord.
have jn : nat_of_ord j \in iota 0 n by rewrite mem_iota add0n ltn_ord.
by have /allP/(_ _ jn)/eqP -> := good _ im.
Qed.

Section Line.
Variables (m k l n d : nat) (b x y dd e f g : entries).
Let B := matrix_of l n b. Let X := matrix_of n d x. Let Y := matrix_of m d y.
Let D := matrix_of m k dd. Let E := matrix_of k l e.

Definition residual_entries : entries := minus (times n (times l (times k dd e) b) x) y.
Definition gradient_D_entries : entries :=
  multiple 2 (times d residual_entries (turned (times n (times l e b) x))).
Definition gradient_E_entries : entries :=
  multiple 2 (times d (times m (turned dd) residual_entries) (turned (times n b x))).

Theorem gradients_evaluated : gradient_D B X Y D E = matrix_of m k gradient_D_entries /\
  gradient_E B X Y D E = matrix_of k l gradient_E_entries.
Proof.
by split; rewrite /gradient_D /gradient_E !(matrix_times, matrix_minus, matrix_turned)
  matrix_multiple.
Qed.

(** The coefficients of t, ..., t^4 in the loss at (D + t F, E + t G). *)
Definition line_values : seq int :=
  let a := times l (plus (times k f e) (times k dd g)) (times n b x) in
  let c := times l (times k f g) (times n b x) in
  [:: inner m k gradient_D_entries f + inner k l gradient_E_entries g;
      inner m d a a + 2 * inner m d residual_entries c; 2 * inner m d a c; inner m d c c].

Theorem line_evaluated (t : R) :
  loss B X Y (D + t *: matrix_of m k f) (E + t *: matrix_of k l g) =
  loss B X Y D E + \sum_(i < 4) (nth 0 line_values i)%:~R * t ^+ i.+1.
Proof.
have [gD gE] := gradients_evaluated.
rewrite loss_along_line gD gE /sq !(matrix_times, matrix_plus, matrix_minus, matrix_inner).
rewrite !big_ord_recl big_ord0 /= !intrD !intrM !expr1 addr0.
rewrite /bump /= /residual_entries.
move: (loss _ _ _ _ _) (inner _ _ _ _) (inner _ _ _ _) => L i1 i2.
by move: (inner _ _ _ _) (inner _ _ _ _) (inner _ _ _ _) (inner _ _ _ _) => i3 i4 i5 i6; ring.
Qed.

(** Whether (D, E) is critical, with a negative coefficient of t^2. *)
Definition is_saddle : bool :=
  [&& same m k gradient_D_entries (fun _ _ => 0), same k l gradient_E_entries (fun _ _ => 0) &
      nth 0 line_values 1 < 0].

Theorem saddle_evaluated : is_saddle -> strict_saddle B X Y D E.
Proof.
have zero p q : matrix_of p q (fun _ _ => 0) = 0 by apply/matrixP => i j; rewrite !mxE.
move=> /and3P[/matrix_same cD /matrix_same cE neg]; have [gD gE] := gradients_evaluated.
split; first by split; rewrite ?gD ?gE ?cD ?cE zero.
exists (matrix_of m k f), (matrix_of k l g), (nth 0 line_values 1)%:~R.
exists (nth 0 line_values 2)%:~R, (nth 0 line_values 3)%:~R; split; first by rewrite ltrz0.
move=> t; rewrite line_evaluated !big_ord_recl big_ord0 addr0 -!addrA; congr (_ + _).
have -> : (nth 0 line_values (ord0 : 'I_4))%:~R = 0 :> R.
  by rewrite /= intrD -!matrix_inner cD cE !zero !ip0l addr0.
by rewrite mul0r add0r.
Qed.
End Line.

(** p/c is the orthogonal projector onto the columns of D, where D t = p. *)
Definition is_projector m k c (p dd t : entries) : bool :=
  [&& c != 0, same m m (turned p) p, same m m (times m p p) (multiple c p),
      same m k (times m p dd) (multiple c dd) & same m m p (times k dd t)].
Theorem projector_evaluated m k c p dd t : is_projector m k c p dd t ->
  projects_onto (c%:~R^-1 *: matrix_of m m p) (matrix_of m k dd).
Proof.
case/and5P => c0 /matrix_same pT /matrix_same pp /matrix_same pd /matrix_same dt.
have c0' : (c%:~R : R) != 0 by rewrite intr_eq0.
split; last by exists (c%:~R^-1 *: matrix_of k m t); rewrite dt -matrix_times scalemxAr.
- by rewrite linearZ /= matrix_turned pT.
- by rewrite -scalemxAl -scalemxAr matrix_times pp -matrix_multiple scalerK.
by rewrite -scalemxAl matrix_times pd -matrix_multiple scalerK.
Qed.

(** p/c is the pseudo-inverse of a. *)
Definition is_pseudo_inverse n c (a p : entries) : bool :=
  [&& c != 0, same n n (times n (times n a p) a) (multiple c a),
      same n n (times n (times n p a) p) (multiple c p),
      same n n (turned (times n a p)) (times n a p) &
       same n n (turned (times n p a)) (times n p a)].
Theorem pseudo_inverse_evaluated n c a p : is_pseudo_inverse n c a p ->
  pseudo_inverse (matrix_of n n a) (c%:~R^-1 *: matrix_of n n p).
Proof.
case/and5P => c0 /matrix_same apa /matrix_same pap /matrix_same ap /matrix_same pa.
have c0' : (c%:~R : R) != 0 by rewrite intr_eq0.
split; rewrite -?scalemxAr -?scalemxAl ?linearZ /= -?scalemxAl !(matrix_times, matrix_turned).
- by rewrite apa -matrix_multiple scalerK.
- by rewrite pap -matrix_multiple scalerK.
- by rewrite ap.
by rewrite pa.
Qed.

(** The columns of v/c are orthonormal eigenvectors of a with the eigenvalues s. *)
Definition is_eigenbasis m c (a v : entries) (s : nat -> int) : bool :=
  [&& c != 0, same m m (times m (turned v) v) (diagonal (fun _ => c * c)) &
      same m m (times m a v) (times m v (diagonal s))].
Theorem eigenbasis_evaluated m c a v s : is_eigenbasis m c a v s ->
  eigenbasis (matrix_of m m a) (c%:~R^-1 *: matrix_of m m v) (\row_(i < m) (s i)%:~R).
Proof.
case/and3P => c0 /matrix_same vv /matrix_same av.
have c0' : (c%:~R : R) != 0 by rewrite intr_eq0.
split.
  rewrite [(_ *: _)^T]linearZ /= -scalemxAl -scalemxAr matrix_turned matrix_times vv.
  rewrite -matrix_diagonal scalerA.
  by apply/matrixP => i j; rewrite !mxE mulrnAr intrM -invfM mulVf ?mulf_neq0.
by rewrite -scalemxAr -scalemxAl matrix_diagonal !matrix_times av.
Qed.
End Saddles.

(** ** The transform: entries of J, up to the factor k^(-1/2) *)
Theorem srht_entry (R : rcfType) p k (kept : 'I_k -> 'I_(dim p)) (d : 'rV[R]_(dim p)) i j :
  srht kept d i j = (Num.sqrt k%:R)^-1 * ((-1) ^+ common_bits p (kept i) j * d ord0 j).
Proof. by rewrite /srht mxE mxE mul_mx_diag mxE hadamard_entry. Qed.

(** ** The errors of Proposition 1 at the smallest case *)
Definition error_value (w1 w2 : draw) : nat :=
  if w1.1 (+) w1.2.1 (+) w1.2.2 == w2.1 (+) w2.2.1 (+) w2.2.2 then 5%N else 1%N.
Theorem error_evaluated (R : rcfType) w1 w2 : replacement_error R w1 w2 = (error_value w1 w2)%:R.
Proof. by rewrite error_by_parity /error_value; case: ifP. Qed.

(** ** The sketch of Proposition 2: success, by the row and the signs of the rows (2, 0) *)
Definition success_value (r : nat) (s1 s2 s3 : bool) : bool :=
  let sign i s := odd (common_bits 2 r i) (+) s in
  (sign 1%N s1 == sign 2%N s2) && (sign 2%N s2 == sign 3%N s3).
Theorem success_evaluated (R : rcfType) (w : row_draw 2) :
  sketch_succeeds 1 1 (row_sketch R w) (spike R) <->
  success_value w.1 (w.2 (lift ord0 ord0)) (w.2 (lift ord0 (lift ord0 ord0)))
    (w.2 (lift ord0 (lift ord0 (lift ord0 ord0)))).
Proof. by rewrite -succeeds_where_aligned alignedE. Qed.

(** ** The gain of the example at integers *)
Definition gain_value (x y : nat) : nat * nat :=
  (36 * x ^ 2 * y ^ 2 + 6 * x ^ 2 + 20 * y ^ 2 + 34, 4 * x ^ 2 * y ^ 2 + x ^ 2 + 4 * y ^ 2 + 5)%N.
Theorem gain_evaluated (R : realFieldType) (x y : nat) :
  gain (example R) (example R) (siblings x%:R y%:R) =
  (gain_value x y).1%:R / (gain_value x y).2%:R.
Proof. by rewrite gain_of_siblings /gain_value /= !(natrD, natrM, natrX). Qed.

(** ** Values, for the Python package

    Integers as pairs: whether it is negative, and its absolute value. *)
Definition shown (z : int) : bool * nat := (z < 0, `|z|%N).
Definition rows m n (f : entries) := [seq [seq shown (f i j) | j <- iota 0 n] | i <- iota 0 m].

(** Whether entry (i, j) of Sylvester's matrix is -1, for n = 1, 2, 4, 8. *)
Definition hadamard_signs :=
  [seq [seq [seq odd (common_bits p i j) | j <- iota 0 (2 ^ p)] | i <- iota 0 (2 ^ p)]
  | p <- iota 0 4].

(** Where layer i leads from node b, for n = 2, 4, 8. *)
Definition butterflies :=
  [seq [seq [seq flip i b | b <- iota 0 (2 ^ p)] | i <- iota 0 p] | p <- iota 1 3].

(** Effective weights of all sets of kept outputs for n = 2, 4, 8; the last layer joins the
    highest bit in the first table, the lowest in the second. Bit b of the place in the table
    says whether output b is kept; the empty set is left out. *)
Definition subsets p := [seq [seq b <- iota 0 (2 ^ p) | bit u b] | u <- iota 1 (2 ^ 2 ^ p - 1)].
Definition weights_highest_last :=
  [seq [seq weights (rev (iota 0 p)) T | T <- subsets p] | p <- iota 1 3].
Definition weights_lowest_last := [seq [seq weights (iota 0 p) T | T <- subsets p] | p <- iota 1 3].
(** The same where the first n inputs are fed, 2^(p-1) < n <= 2^p. *)
Definition fed_tables (s : nat -> seq nat) :=
  [seq [seq [seq fed_weights n (s p) T | T <- subsets p] | n <- iota (2 ^ p.-1).+1 (2 ^ p.-1)]
  | p <- iota 1 3]%N.
Definition fed_highest_last := fed_tables (fun p => rev (iota 0 p)).
Definition fed_lowest_last := fed_tables (iota 0).

Definition smallest_weights :=
  [seq [seq 2 * foldr (fun i s => 2 ^ i * (l.-1 %/ 2 ^ i).+1 + s) 0 (iota 0 p)
       | l <- iota 1 (2 ^ p)] | p <- iota 1 3]%N.
Definition largest_weights :=
  [seq [seq 2 * foldr (fun i s => minn (2 ^ i * l) (2 ^ p) + s) 0 (iota 0 p) | l <- iota 1 (2 ^ p)]
  | p <- iota 1 3]%N.

(** Data with the entries -1, 0 and 1, and the loss at (m, k, l, n, d). *)
Definition noise (a c : nat) : entries := fun i j => ((a * i + c * j + i * j) %% 3)%N%:Z - 1.
Definition shapes : seq (nat * nat * nat * nat * nat) :=
  [:: (1, 1, 1, 1, 1); (2, 1, 2, 2, 3); (3, 2, 2, 4, 3); (2, 1, 2, 8, 3)]%N.
Definition losses := [seq
  let: (m, k, l, n, d) := s in
  let: (b, x, y, dd, e) := (noise 1 2, noise 3 1, noise 2 5, noise 4 3, noise 5 6) in
  ([:: rows l n b; rows n d x; rows m d y; rows m k dd; rows k l e],
   shown (loss_value m k l n d b x y dd e)) | s <- shapes].

(** Sigma(B) for B the first l rows of Sylvester's matrix, X = I and Y = n V, where Z = V B^T. *)
Definition sylvester p : entries := fun i j => (-1) ^+ odd (common_bits p i j).
Definition unit_entries : entries := fun i j => (i == j)%N%:Z.
Definition signals := [seq
  let: (m, l, p) := s in let n := (2 ^ p)%N in
  let: (b, v) := (sylvester p, noise 1 3) in
  let y : entries := fun i j => n%:Z * v i j in let z := times n v (turned b) in
  (is_solution m l n n b unit_entries y z, [:: rows l n b; rows m n y],
   rows m m (signal_entries l n n b unit_entries z))
  | s <- [:: (2, 1, 1); (2, 2, 2); (3, 4, 3)]%N].

(** vec(M)^T (A x B) for A, B and M with m rows and k columns, d and l, m and d. *)
Definition kroneckers := [seq
  let: (m, k, l, n, d) := s in
  let: (a, c, f) := (noise 4 3, noise 3 1, noise 2 5) in
  ([:: rows m k a; rows d l c; rows m d f], rows k l (kronecker_entries m d a c f)) | s <- shapes].

(** The projections onto columns v: the entries of v, those of v v^T, and |v|^2. *)
Definition projections := [seq
  (rows m 1 (noise 1 3), rows m m (times 1 (noise 1 3) (turned (noise 1 3))),
   shown (squares m 1 (noise 1 3))) | m <- iota 1 4].

(** Whether the sketch of Proposition 2 succeeds, for each row and all signs of the rows (2, 0). *)
Definition successes :=
  let bits := [:: false; true] in
  [seq [seq success_value r s1 t.1 t.2 | s1 <- bits, t <- [seq (s2, s3) | s2 <- bits, s3 <- bits]]
  | r <- iota 0 4].

Definition draws : seq draw :=
  let bits := [:: false; true] in
  [seq (r, st) | r <- bits, st <- [seq (s, t) | s <- bits, t <- bits]].
Definition errors := [seq [seq error_value w1 w2 | w2 <- draws] | w1 <- draws].
Definition gains := [seq [seq gain_value x y | y <- iota 0 4] | x <- iota 0 4].

(** The gradients, and the coefficients of the loss on a line, at (m, k, l, n, d). *)
Definition lines := [seq
  let: (m, k, l, n, d) := s in
  let: (b, x, y, dd, e, f, g) :=
    (noise 1 2, noise 3 1, noise 2 5, noise 4 3, noise 5 6, noise 2 2, noise 1 5) in
  ([:: rows l n b; rows n d x; rows m d y; rows m k dd; rows k l e; rows m k f; rows k l g],
   [:: rows m k (gradient_D_entries k l n d b x y dd e);
       rows k l (gradient_E_entries m k l n d b x y dd e)],
   [seq shown c | c <- line_values m k l n d b x y dd e f g]) | s <- shapes].

(** Saddles for B = 1, X = 1 and Y = diag(s), whose D and E keep the unit vectors of a list: how
    many columns D has, s, the list, and the line that takes column j of D to unit vector i. *)
Definition chosen (kept : seq nat) : entries :=
  fun i j => (j < size kept)%N && (nth 0%N kept j == i).
Definition saddles := [seq
  let: (k, s, kept, (i, j)) := c in let m := size s in
  let y := diagonal (fun i => (nth 0%N s i)%:Z) in
  let dd := chosen kept in let e := times m (turned dd) y in
  let f : entries := fun a b => ((a == i) && (b == j))%N%:Z in let g := times m (turned f) y in
  (is_saddle m k m m m unit_entries unit_entries y dd e f g,
   [:: rows m m y; rows m k dd; rows k m e; rows m k f; rows k m g],
   [seq shown v | v <- line_values m k m m m unit_entries unit_entries y dd e f g])
  | c <- [:: (1, [:: 3; 2], [:: 1], (0, 0)); (1, [:: 3; 2], [:: 0], (1, 0));
             (2, [:: 3; 2; 1], [:: 2; 0], (1, 0)); (2, [:: 3; 2; 1], [:: 0], (1, 1));
             (1, [:: 1], [::], (0, 0))]%N].

Definition of_list (s : seq (seq int)) : entries := fun i j => nth 0 (nth [::] s i) j.
(** Projectors p/c with p = D t, pseudo-inverses p/c, and eigenvectors v/c. *)
Definition projectors := [seq
  let: (m, k, c, p, dd, t) := s in
  (is_projector m k c (of_list p) (of_list dd) (of_list t), shown c,
   rows m m (of_list p), rows m k (of_list dd))
  | s <- [:: (2%N, 1%N, 5 : int, [:: [:: 1; 2]; [:: 2; 4]], [:: [:: 1]; [:: 2]], [:: [:: 1; 2]]);
             (2%N, 2%N, 2 : int, [:: [:: 1; 1]; [:: 1; 1]], [:: [:: 1; 1]; [:: 1; 1]],
              [:: [:: 1; 0]; [:: 0; 1]]);
             (2%N, 1%N, 1 : int, [:: [:: 1; 0]; [:: 0; 1]], [:: [:: 1]; [:: 0]], [:: [:: 1; 0]])]].
Definition pseudo_inverses := [seq
  let: (n, c, a, p) := s in
  (is_pseudo_inverse n c (of_list a) (of_list p), shown c,
   rows n n (of_list a), rows n n (of_list p))
  | s <- [:: (2%N, 25 : int, [:: [:: 1; 2]; [:: 2; 4]], [:: [:: 1; 2]; [:: 2; 4]]);
             (2%N, 3 : int, [:: [:: 2; 1]; [:: 1; 2]], [:: [:: 2; -1]; [:: -1; 2]]);
             (2%N, 1 : int, [:: [:: 1; 0]; [:: 0; 0]], [:: [:: 1; 0]; [:: 0; 1]])]].
Definition eigenbases := [seq
  let: (m, c, a, v, e) := s in
  (is_eigenbasis m c (of_list a) (of_list v) (nth 0 e), shown c,
   rows m m (of_list a), rows m m (of_list v), [seq shown z | z <- e])
  | s <- [:: (2%N, 5 : int, [:: [:: 34; 12]; [:: 12; 41]], [:: [:: 3; 4]; [:: 4; -3]],
              [:: 50; 25]);
             (2%N, 1 : int, [:: [:: 2; 0]; [:: 0; 1]], [:: [:: 0; 1]; [:: 1; 0]], [:: 1; 2]);
             (2%N, 1 : int, [:: [:: 2; 1]; [:: 1; 2]], [:: [:: 1; 1]; [:: 1; -1]], [:: 3; 1])]].
