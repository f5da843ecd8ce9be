(** * What the theorems speak of

    Every definition that a theorem of this folder rests on, beside the words of the paper:
    N. Ailon, O. Leibovitch, V. Nair, "Sparse linear networks with a fixed butterfly structure:
    theory and practice", UAI 2021. Nothing is proved here.

    Notation of MathComp: ['M[R]_(m, n)] are the m x n matrices over R, ['cV[R]_n] the columns,
    ['I_n] the numbers below n; [A *m B] is the product, [A^T] the transpose, [a *: A] the
    multiple, [a%:M] the matrix a times identity, [k%:R] the number k in R, [\tr A] the trace. *)
From mathcomp Require Import all_ssreflect all_algebra.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** ** Norms

    [ip A B] = <A, B> = tr (A B^T), and [sq A] = |A|_F^2. For columns these are the Euclidean
    inner product and the square of the Euclidean norm. R is any ordered field. *)
Section Norms.
Variable R : realFieldType.

Definition ip m n (A B : 'M[R]_(m, n)) : R := \tr (A *m B^T).
Definition sq m n (A : 'M[R]_(m, n)) : R := ip A A.

(** N is the operator norm of A: |A z| <= N |z| for all z, with equality for some z. *)
Definition operator_norm m n (A : 'M[R]_(m, n)) (N : R) : Prop :=
  [/\ 0 <= N, forall z : 'cV[R]_n, sq (A *m z) <= N ^+ 2 * sq z &
    exists2 z : 'cV[R]_n, sq z = 1 & sq (A *m z) = N ^+ 2].

(** Every entry of B is within e of that of A. *)
Definition near m n (e : R) (A B : 'M[R]_(m, n)) : Prop := forall i j, `|A i j - B i j| <= e.
End Norms.

(** ** The encoder-decoder network with B fixed

    Section 1.1: "L = |DEBX - Y|_F^2", with X an n x d matrix of data, Y an m x d matrix of
    targets, B an l x n butterfly, E a k x l encoder and D an m x k decoder. B may be any matrix. *)
Section Network.
Variables (R : realFieldType) (m k l n d : nat).
Variables (B : 'M[R]_(l, n)) (X : 'M[R]_(n, d)) (Y : 'M[R]_(m, d)).
Implicit Types (D : 'M[R]_(m, k)) (E : 'M[R]_(k, l)).

Definition loss D E : R := sq (D *m E *m B *m X - Y).

(** Lemma S3.1: the derivatives of L in D and in E. *)
Definition gradient_D D E : 'M[R]_(m, k) := 2 *: ((D *m E *m B *m X - Y) *m (E *m B *m X)^T).
Definition gradient_E D E : 'M[R]_(k, l) := 2 *: (D^T *m (D *m E *m B *m X - Y) *m (B *m X)^T).

(** A local minimum: no point with entries within some e > 0 has a smaller loss. *)
Definition local_min D E : Prop :=
  exists2 e, 0 < e & forall D' E', near e D D' -> near e E E' -> loss D E <= loss D' E'.

(** Theorem 1: "Sigma(B) = Y X~^T (X~ X~^T)^(-1) X~ Y^T" with X~ = BX. *)
Definition signal : 'M[R]_m :=
  Y *m (B *m X)^T *m invmx (B *m X *m (B *m X)^T) *m (B *m X) *m Y^T.

(** The same where X~ X~^T may be singular: Z is any solution of Z (X~ X~^T) = Y X~^T, and
    Sigma(B) = (Z X~)(Z X~)^T. A solution exists always, and Sigma does not depend on it. *)
Definition solves (Z : 'M[R]_(m, l)) : Prop := Z *m (B *m X *m (B *m X)^T) = Y *m (B *m X)^T.
Definition signal_by (Z : 'M[R]_(m, l)) : 'M[R]_m := Z *m (B *m X) *m (Z *m (B *m X))^T.

(** What a network takes off the loss |Y|_F^2 with the best D and E, if k = l and the rows of B
    are those of W: tr (W C W^T)^(-1) W M W^T, C = X X^T, M = X Y^T Y X^T. *)
Definition gain (W : 'M[R]_(l, n)) : R :=
  \tr (invmx (W *m X *m (W *m X)^T) *m (W *m X *m Y^T *m (W *m X *m Y^T)^T)).
End Network.

(** ** Critical points

    Lemma S3.1 lists the entries of D and E row by row, in vec(D^T) and vec(E^T), as [mxvec] does.
    [place a] is the entry (i, j) at place a of such a list. *)
Section CriticalPoints.
Variable R : realFieldType.

Definition place m n (a : 'I_(m * n)) : 'I_m * 'I_n :=
  enum_val (cast_ord (esym (mxvec_cast m n)) a).
Definition kronecker m n p q (A : 'M[R]_(m, n)) (B : 'M[R]_(p, q)) : 'M[R]_(m * p, n * q) :=
  \matrix_(a, b) (A (place a).1 (place b).1 * B (place a).2 (place b).2).

(** Claim S3.1, with k = r + s: Gauss elimination of the columns of D by an invertible C. It leaves
    D C = [D~ 0], D~ of full column rank r, and E~ is the first r rows of C^(-1) E. *)
Definition eliminated m r s l (D : 'M[R]_(m, r + s)) (E : 'M[R]_(r + s, l))
    (Dt : 'M[R]_(m, r)) (Et : 'M[R]_(r, l)) : Prop :=
  \rank Dt = r /\
  exists2 C, C \in unitmx & D *m C = row_mx Dt 0 /\ Et = usubmx (invmx C *m E).

(** P_D~, the orthogonal projection onto the columns of D~. *)
Definition projection m r (Dt : 'M[R]_(m, r)) : 'M[R]_m := Dt *m invmx (Dt^T *m Dt) *m Dt^T.
End CriticalPoints.

(** ** Random embeddings: the subsampled randomised Hadamard transform

    Footnote 5 calls FJLT what is here J = sqrt(n/k) P H D: D has random signs on its diagonal, H
    is the Hadamard matrix divided by sqrt n, P keeps k of the n = 2^p rows. *)
Fixpoint dim p : nat := if p is q.+1 then (dim q + dim q)%N else 1%N.  (* 2^p, see Reconstruction *)

Section Embeddings.
Variable R : rcfType.

(** Sylvester's matrix [[H, H], [H, -H]], with entries 1 and -1. *)
Fixpoint hadamard p : 'M[R]_(dim p) :=
  if p is q.+1 then block_mx (hadamard q) (hadamard q) (hadamard q) (- hadamard q) else 1%:M.

(** [kept] names the kept rows, d has the signs: J = k^(-1/2) P Hadamard D. *)
Definition srht p k (kept : 'I_k -> 'I_(dim p)) (d : 'rV[R]_(dim p)) : 'M[R]_(k, dim p) :=
  (Num.sqrt k%:R)^-1 *: rowsub kept (hadamard p *m diag_mx d).

(** Section 3.2: a dense layer W is replaced by J2^T J2 W J1^T J1. *)
Definition replaced n1 n2 k1 k2 (J1 : 'M[R]_(k1, n1)) (J2 : 'M[R]_(k2, n2)) (W : 'M[R]_(n2, n1)) :=
  J2^T *m (J2 *m W *m J1^T) *m J1.

(** The draws at n = 2, k = 1: the kept row and the two signs, eight that are equally likely. *)
Definition draw := (bool * (bool * bool))%type.
Definition embedding (w : draw) : 'M[R]_(1, dim 1) :=
  @srht 1 1 (fun _ => inord w.1) (\row_j (-1) ^+ (if j == ord0 then w.2.1 else w.2.2)).

(** Proposition 1 at W = I and the unit vector x = e1: |J2^T J2 J1^T J1 x - x|^2. *)
Definition first_unit : 'cV[R]_(dim 1) := \col_j (j == ord0)%:R.
Definition replacement_error (w1 w2 : draw) : R :=
  sq (replaced (embedding w1) (embedding w2) 1%:M *m first_unit - 1%:M *m first_unit).
End Embeddings.

(** ** Low-rank approximation from a sketch

    Proposition 2: "|J_k(X) - X|_F^2 <= (1 + eps) |X - X_k|_F^2". J_k(X) is the best matrix of rank
    at most k with rows in the row space of JX, and X_k is the best of rank at most k. *)
Section Sketches.
Variable R : rcfType.

Definition sketch_succeeds l n d k (eps : R) (J : 'M[R]_(l, n)) (X : 'M[R]_(n, d)) : Prop :=
  exists A : 'M_(n, d), [/\ (A <= J *m X)%MS, (\rank A <= k)%N &
    forall A' : 'M_(n, d), (\rank A' <= k)%N -> sq (A - X) <= (1 + eps) * sq (A' - X)].

(** The draws of an SRHT of one row: the kept row and a sign for each column, equally likely. *)
Definition row_draw p := ('I_(dim p) * {ffun 'I_(dim p) -> bool})%type.
Definition row_sketch p (w : row_draw p) : 'M[R]_(1, dim p) :=
  srht (fun _ => w.1) (\row_j (-1) ^+ w.2 j).

(** The data at n = 4, with the rows (0, 1), (2, 0), (2, 0), (2, 0). *)
Definition spike : 'M[R]_(dim 2, 2) :=
  \matrix_(i, j) (if i == ord0 then (j != ord0)%:R else 2 * (j == ord0)%:R).
End Sketches.

(** ** Means over all draws of the transform

    A random draw is one of finitely many, all equally likely: [A] is the set of them. *)
Section Means.
Variables (R : rcfType) (T : finType) (A : {set T}).
Definition mean (f : T -> R) : R := (\sum_(t in A) f t) / #|A|%:R.
Definition variance (f : T -> R) : R := mean (fun t => (f t - mean f) ^+ 2).
Definition chance (event : pred T) : R := #|[set t in A | event t]|%:R / #|A|%:R.
End Means.

(** A draw t = (N, S) of the SRHT: the places N of the signs -1, any set, and the kept rows S, k of
    the n = 2^p. *)
Definition draw_of p := ({set 'I_(dim p)} * {set 'I_(dim p)})%type.
Definition all_draws p k : {set draw_of p} := [set t : draw_of p | #|t.2| == k].

Section Transforms.
Variable R : rcfType.
Definition transform p (t : draw_of p) : 'M[R]_(#|t.2|, dim p) :=
  srht (fun i : 'I_#|t.2| => enum_val i) (\row_i (-1) ^+ (i \in t.1)).

(** Section S2: J preserves the norm of x up to eps, | |Jx| - |x| | <= eps |x|. For eps in [0, 1]
    the squares may be compared. *)
Definition keeps_norm k n (eps : R) (J : 'M[R]_(k, n)) (x : 'cV[R]_n) : bool :=
  (1 - eps) ^+ 2 * sq x <= sq (J *m x) <= (1 + eps) ^+ 2 * sq x.

(** A = J^T J, sigma^2 = (n - k) / (k (n - 1)), and the matrix M_x of the claim "moments". *)
Definition gram p (t : draw_of p) : 'M[R]_(dim p) := (transform t)^T *m transform t.
Definition sigma2 (n k : nat) : R := (n - k)%:R / (k * (n - 1))%:R.
Definition moment n (k : nat) (x : 'cV[R]_n) : 'M[R]_n :=
  (1 + sigma2 n k) *: (x *m x^T) + (sigma2 n k * sq x)%:M
  - (2 * sigma2 n k) *: diag_mx (\row_i x i ord0 ^+ 2).
End Transforms.

Local Open Scope nat_scope.

(** Bit t of the number i, and the number of places below p where i and j both have the bit 1:
    the inner product of their vectors of bits. *)
Definition bit (i t : nat) : bool := odd (i %/ 2 ^ t).
Definition common_bits p (i j : nat) : nat := count (fun t => bit i t && bit j t) (iota 0 p).

(** ** The butterfly graph and its effective weights

    Definition 3.1: layer i joins every node to itself and to the node that "differs only in the
    i'th bit". The nodes of a layer are the numbers 0, ..., 2^p - 1. *)
Definition flip (i b : nat) : nat := if bit b i then b - 2 ^ i else b + 2 ^ i.

(** The weights of layer i that lead to a node of T, and the nodes from which they come. *)
Definition edges (i : nat) (T : seq nat) : seq (nat * nat) :=
  flatten [seq [:: (b, b); (b, flip i b)] | b <- T].
Definition sources (i : nat) (T : seq nat) : seq nat := undup [seq e.2 | e <- edges i T].

(** Section S6: the weights on a path from an input to a kept output. From the kept outputs T one
    goes back through the layers of s, the last one first, and counts the weights met. *)
Fixpoint weights (s T : seq nat) : nat :=
  if s is i :: s' then size (edges i T) + weights s' (sources i T) else 0.

(** Footnote 4: only the first n inputs are fed. Whether one of them leads to node b through the
    layers of s, and the weights on a path from one of them to a kept output. *)
Fixpoint fed (n : nat) (s : seq nat) (b : nat) : bool :=
  if s is i :: s' then fed n s' b || fed n s' (flip i b) else b < n.
Fixpoint fed_weights (n : nat) (s T : seq nat) : nat :=
  if s is i :: s' then count (fun e => fed n s' e.2) (edges i T) + fed_weights n s' (sources i T)
  else 0.

(** The most and the fewest that l > 0 kept outputs can have; l / 2^i is rounded up. *)
Definition most_weights p l : nat := 2 * \sum_(i < p) minn (2 ^ i * l) (2 ^ p).
Definition fewest_weights p l : nat := 2 * \sum_(i < p) 2 ^ i * (l.-1 %/ 2 ^ i).+1.

Local Open Scope ring_scope.

(** ** An auto-encoder with a spurious minimum

    n = 4, outputs 0 and 2, k = l = 2. Up to scale the rows of B are (u, 0) and (0, v), here with
    u = (1, x) and v = (y, 1). *)
Section Example.
Variable R : realFieldType.
Definition of_rows m n (s : seq (seq R)) : 'M[R]_(m, n) := \matrix_(i, j) nth 0 (nth [::] s i) j.
Definition example : 'M[R]_4 :=
  of_rows 4 4 [:: [:: 1; 0; 0; 0]; [:: 0; 1; 0; 0]; [:: 0; 0; 2; 0]; [:: 0; 2; 0; 1]].
Definition siblings (x y : R) : 'M[R]_(2, 4) := of_rows 2 4 [:: [:: 1; x; 0; 0]; [:: 0; 0; y; 1]].
End Example.

(** ** Minima and saddles with B fixed

    Theorem 1 without its hypotheses, for the network above. *)
Section Saddles.
Variables (R : realFieldType) (m k l n d : nat).
Variables (B : 'M[R]_(l, n)) (X : 'M[R]_(n, d)) (Y : 'M[R]_(m, d)).
Implicit Types (D : 'M[R]_(m, k)) (E : 'M[R]_(k, l)).

Definition critical D E : Prop := gradient_D B X Y D E = 0 /\ gradient_E B X Y D E = 0.
Definition global_min D E : Prop := forall D' E', loss B X Y D E <= loss B X Y D' E'.

(** A critical point with a line through it along which the second derivative 2 a of L is
    negative: on a line L is a polynomial, here L(0) + a t^2 + b t^3 + c t^4 with a < 0. *)
Definition strict_saddle D E : Prop := critical D E /\
  exists (F : 'M[R]_(m, k)) (G : 'M[R]_(k, l)) (a b c : R), a < 0 /\ forall t,
    loss B X Y (D + t *: F) (E + t *: G) =
    loss B X Y D E + a * t ^+ 2 + b * t ^+ 3 + c * t ^+ 4.

(** P is the orthogonal projector onto the columns of D. *)
Definition projects_onto (P : 'M[R]_m) D : Prop :=
  [/\ P^T = P, P *m P = P, P *m D = D & exists T, P = D *m T].

(** A' is the pseudo-inverse of A, by the conditions of Penrose. *)
Definition pseudo_inverse (A A' : 'M[R]_l) : Prop :=
  [/\ A *m A' *m A = A, A' *m A *m A' = A', (A *m A')^T = A *m A' & (A' *m A)^T = A' *m A].

(** The columns of U are orthonormal eigenvectors of S, with the eigenvalues in s. *)
Definition eigenbasis (S U : 'M[R]_m) (s : 'rV[R]_m) : Prop :=
  U^T *m U = 1%:M /\ S *m U = U *m diag_mx s.
End Saddles.

(** ** The network with a trained butterfly

    Weights as in Definition 3.1: output r of layer i is [w r 0] times input r plus [w r 1] times
    the input that differs in bit i. There are p layers, layer 0 at the input, and [kept] names
    the outputs that are kept: B has their rows. *)
Section Trained.
Variables (R : realFieldType) (n p l : nat).
Definition layer (i : nat) (w : 'M[R]_(n, 2)) : 'M[R]_n :=
  \matrix_(r, c) (w r 0 *+ (c == r) + w r 1 *+ (nat_of_ord c == flip i r)).
Fixpoint butterfly (q : nat) (w : nat -> 'M[R]_(n, 2)) : 'M[R]_n :=
  if q is i.+1 then layer i (w i) *m butterfly i w else 1%:M.

Variable kept : 'I_l -> 'I_n.
Definition truncated (w : nat -> 'M[R]_(n, 2)) : 'M[R]_(l, n) := rowsub kept (butterfly p w).

(** The derivative of the butterfly in the direction v of its weights, by the rule for products. *)
Fixpoint butterfly_slope (q : nat) (w v : nat -> 'M[R]_(n, 2)) : 'M[R]_n :=
  if q is i.+1 then layer i (v i) *m butterfly i w + layer i (w i) *m butterfly_slope i w v else 0.
Definition truncated_slope (w v : nat -> 'M[R]_(n, 2)) : 'M[R]_(l, n) :=
  rowsub kept (butterfly_slope p w v).

Variables (m k d : nat) (X : 'M[R]_(n, d)) (Y : 'M[R]_(m, d)).
Implicit Types (D : 'M[R]_(m, k)) (E : 'M[R]_(k, l)) (w v : nat -> 'M[R]_(n, 2)).

(** A local minimum in D, E and all weights. *)
Definition joint_local_min D E w : Prop :=
  exists2 e, 0 < e & forall D' E' w', near e D D' -> near e E E' ->
    (forall i, (i < p)%N -> near e (w i) (w' i)) ->
    loss (truncated w) X Y D E <= loss (truncated w') X Y D' E'.

(** The row space of EB moves freely: the derivative of (E, w) -> rowspace(EB) is onto. The
    tangent space of Gr(k, n) at the row space of a k x n matrix W of rank k are the directions N
    of W up to the G W, which change the basis. *)
Definition moves_freely E w : Prop :=
  forall N : 'M[R]_(k, n), exists (F : 'M[R]_(k, l)) (v : nat -> 'M[R]_(n, 2)) (G : 'M[R]_k),
    F *m truncated w + E *m truncated_slope w v = N + G *m (E *m truncated w).
End Trained.

(** ** The auto-encoder with a spurious minimum, in all weights

    The outputs 0 and 2 of the butterfly of size 4, and the point: u = (1, 0) and v = (0, 1), both
    outputs take their own node, and E = 1. *)
Section Stuck.
Variable R : realFieldType.
Definition sibling_outputs (i : 'I_2) : 'I_4 := inord (2 * i).
Definition stuck_weights (i : nat) : 'M[R]_(4, 2) :=
  if i is 0%N then of_rows 4 2 [:: [:: 1; 0]; [:: 0; 0]; [:: 0; 1]]
  else of_rows 4 2 [:: [:: 1; 0]; [:: 0; 0]; [:: 1; 0]].
Definition stuck_decoder : 'M[R]_(4, 2) :=
  of_rows 4 2 [:: [:: 1; 0]; [:: 0; 2 / 5]; [:: 0; 0]; [:: 0; 1]].
Definition stuck_encoder : 'M[R]_2 := 1%:M.
End Stuck.

(** ** Data with a minimum at a chosen plane

    The row with the entry x at place i and y elsewhere. *)
Definition except_at (R : realFieldType) n (i : 'I_n) (x y : R) : 'rV[R]_n :=
  \row_j (if j == i then x else y).

(** The rows of e and z are orthogonal for C = X X^T, with norms 1 and [norms], and eigenvectors of
    M = X Y^T Y X^T relative to C, with the eigenvalues [inside] and [outside]. *)
Definition planted (R : realFieldType) m k q n d (e : 'M[R]_(k, n)) (z : 'M_(q, n))
    (X : 'M_(n, d)) (Y : 'M_(m, d)) (norms : 'rV_q) (inside : 'rV_k) (outside : 'rV_q) : Prop :=
  let V := col_mx e z *m X in V *m V^T = diag_mx (row_mx (const_mx 1) norms) /\
  V *m Y^T *m (V *m Y^T)^T = diag_mx (row_mx inside (\row_b (norms 0 b * outside 0 b))).
