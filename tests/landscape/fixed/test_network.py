"""Loss and derivatives against a second implementation: dense, holomorphic, differentiated by
complex steps."""

import pickle

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.linalg import aslinearoperator

from fjlt import Butterfly, TruncatedButterfly, srht, to_dense
from landscape import EncoderDecoder, Parameters
from landscape.fixed.effective_weights import EffectiveWeights

STEP = 1e-60


def random_network(m, k, rows, size, n, rng):
    weights = rng.normal(size=(size.bit_length() - 1, size, 2))
    B = TruncatedButterfly(weights, rows, n_inputs=n)
    return EncoderDecoder(rng.normal(size=(m, k)), rng.normal(size=(k, len(rows))), B)


def dense_layer(w, i):
    W = np.zeros((len(w), len(w)), dtype=w.dtype)
    for j in range(len(w)):
        W[j, j] += w[j, 0]
        W[j, j ^ (1 << i)] += w[j, 1]
    return W


def unpack(net, theta):
    """D, E and the layers as dense matrices, by the documented order of the parameters."""
    m, k = net.decoder.shape
    l = net.encoder.shape[1]
    D, E = theta[: m * k].reshape(m, k), theta[m * k : m * k + k * l].reshape(k, l)
    mask = net.butterfly.effective_mask
    weights = np.zeros(mask.shape, dtype=theta.dtype)
    weights[mask] = theta[m * k + k * l :]
    return D, E, [dense_layer(w, i) for i, w in enumerate(weights)]


def holomorphic(net, theta, X, Y):
    """Loss and gradient with transposes and no conjugates, so that theta may be complex."""
    D, E, layers = unpack(net, theta)
    mask, size = net.butterfly.effective_mask, net.butterfly.butterfly.n
    P = np.eye(size)[net.butterfly.rows]
    inputs = [np.vstack([X, np.zeros((size - len(X), X.shape[1]))])]
    for W in layers:
        inputs.append(W @ inputs[-1])
    code = P @ inputs[-1]
    R = D @ E @ code - Y
    G = 2 * P.T @ E.T @ D.T @ R
    slopes = []
    for i in reversed(range(len(layers))):
        full = G @ inputs[i].T
        j = np.arange(size)
        slopes.append(np.stack([full[j, j], full[j, j ^ (1 << i)]], axis=1))
        G = layers[i].T @ G
    slopes = np.array(slopes[::-1]).reshape(mask.shape)
    gradient = [(2 * R @ (E @ code).T).ravel(), (2 * D.T @ R @ code.T).ravel(), slopes[mask]]
    return (R * R).sum(), np.concatenate(gradient)


def along_each_axis(f, theta):
    return np.array([f(theta + 1j * STEP * e).imag / STEP for e in np.eye(len(theta))])


SHAPES = {
    "square data": (4, 2, [0, 2], 4, 4),
    "one output": (3, 1, [5], 8, 8),
    "wide, any order": (2, 3, [6, 1, 3], 8, 8),
    "not a power of 2": (3, 2, [4, 1], 8, 5),
    "single layer": (2, 2, [1, 0], 2, 2),
    "no layer": (2, 1, [0], 1, 1),
}


@pytest.fixture(params=SHAPES.values(), ids=SHAPES.keys())
def case(request):
    m, k, rows, size, n = request.param
    rng = np.random.default_rng(7)
    net = random_network(m, k, rows, size, n, rng)
    return net, rng.normal(size=(n, 5)), rng.normal(size=(m, 5)), rng


def test_loss_and_gradient_by_complex_step(case):
    net, X, Y, _ = case
    theta = net.flatten(net.parameters)
    loss, gradient = holomorphic(net, theta, X, Y)
    assert net.loss(X, Y) == pytest.approx(loss, rel=1e-12)
    stepped = along_each_axis(lambda z: holomorphic(net, z, X, Y)[0], theta)
    scale = np.abs(stepped).max()
    assert np.abs(stepped - gradient).max() < 1e-12 * scale
    assert np.abs(net.flatten(net.gradient(X, Y)) - stepped).max() < 1e-12 * scale


def test_hessian_by_complex_step(case):
    net, X, Y, _ = case
    stepped = along_each_axis(lambda z: holomorphic(net, z, X, Y)[1], net.flatten(net.parameters))
    H = net.hessian(X, Y)
    assert H.shape == (net.n_parameters,) * 2
    assert np.abs(H - stepped).max() < 1e-12 * np.abs(stepped).max()


def test_hessian_product_is_the_hessian_times_the_direction(case):
    net, X, Y, rng = case
    parts = [rng.normal(size=np.shape(part)) for part in net.parameters]
    direction = Parameters(*parts)
    product = net.hessian_product(X, Y, direction)
    expected = net.hessian(X, Y) @ net.flatten(direction)
    assert np.allclose(
        net.flatten(product), expected, rtol=1e-11, atol=1e-11 * np.abs(expected).max()
    )
    assert not product.weights[~net.mask].any()
    assert not net.gradient(X, Y).weights[~net.mask].any()


def test_fixed_encoder_is_the_leading_block(case):
    net, X, Y, _ = case
    dense = to_dense(net.butterfly)
    q = net.decoder.size + net.encoder.size
    H, g = net.hessian(X, Y)[:q, :q], net.gradient(X, Y)
    for B in (dense, sparse.csr_array(dense), aslinearoperator(dense)):
        fixed = EncoderDecoder(net.decoder, net.encoder, B)
        assert not fixed.trainable
        assert fixed.n_parameters == q
        assert np.allclose(fixed.hessian(X, Y), H, rtol=1e-11, atol=1e-10)
        assert fixed.gradient(X, Y).weights is None
        assert np.allclose(fixed.gradient(X, Y).encoder, g.encoder)
        direction = fixed.unflatten(np.arange(1.0, q + 1))
        assert np.allclose(
            fixed.flatten(fixed.hessian_product(X, Y, direction)), H @ np.arange(1.0, q + 1)
        )


def test_full_butterfly_counts_every_weight():
    rng = np.random.default_rng(0)
    B = Butterfly.random(4, rng)
    full = EncoderDecoder(rng.normal(size=(3, 2)), rng.normal(size=(2, 4)), B)
    kept = EncoderDecoder(full.decoder, full.encoder, TruncatedButterfly(B.weights, range(4)))
    X, Y = rng.normal(size=(4, 6)), rng.normal(size=(3, 6))
    assert full.n_parameters == kept.n_parameters == 6 + 8 + 16
    assert np.allclose(full.hessian(X, Y), kept.hessian(X, Y))
    assert np.allclose(full.gradient(X, Y).weights, kept.gradient(X, Y).weights)


def test_size_of_the_spurious_example():
    net = EncoderDecoder(
        np.zeros((4, 2)), np.zeros((2, 2)), TruncatedButterfly(np.zeros((2, 4, 2)), [0, 2])
    )
    assert net.n_parameters == 20


def test_flatten_and_back():
    net = random_network(3, 2, [4, 1], 8, 5, np.random.default_rng(1))
    theta = np.arange(net.n_parameters, dtype=float)
    parameters = net.unflatten(theta)
    assert np.array_equal(net.flatten(parameters), theta)
    assert np.array_equal(parameters.decoder.ravel(), theta[:6])
    there = net.with_parameters(parameters)
    assert np.array_equal(there.flatten(there.parameters), theta)
    assert there.butterfly.shape == net.butterfly.shape


def test_parameters_have_weights_if_and_only_if_b_is_trainable():
    D, E = np.ones((2, 1)), np.ones((1, 2))
    free, fixed = EncoderDecoder(D, E, srht(2, 4, rng=0)), EncoderDecoder(D, E, np.eye(2, 4))
    with pytest.raises(ValueError, match=r"weights must be given: B is trainable"):
        free.with_parameters(Parameters(D, E, None))
    with pytest.raises(ValueError, match=r"weights must be None: B is fixed"):
        fixed.with_parameters(Parameters(D, E, np.ones(4)))


def test_ineffective_weights_do_not_move_the_loss():
    rng = np.random.default_rng(2)
    net = random_network(3, 2, [0, 2], 4, 4, rng)
    X, Y = rng.normal(size=(4, 5)), rng.normal(size=(3, 5))
    move = Parameters(np.zeros((3, 2)), np.zeros((2, 2)), np.where(net.mask, 0.0, 1.0))
    assert not net.flatten(net.hessian_product(X, Y, move)).any()
    other = net.with_parameters(
        net.parameters._replace(weights=net.parameters.weights + move.weights)
    )
    assert other.loss(X, Y) == net.loss(X, Y)


def test_inputs_are_copied_and_pickles():
    D = np.ones((2, 1))
    net = EncoderDecoder(D, [[1.0, 2.0]], srht(2, 4, rng=0))
    D[0] = 9
    assert net.decoder[0, 0] == 1
    with pytest.raises(ValueError, match="read-only"):
        net.decoder[0] = 1
    X = np.eye(4)
    assert np.array_equal(pickle.loads(pickle.dumps(net))(X), net(X))
    assert repr(net) == "EncoderDecoder(m=2, k=1, l=2, n=4, B trainable)"


@pytest.mark.parametrize(
    "butterfly",
    [
        srht(3, 8, rng=0),
        TruncatedButterfly(Butterfly.random(8, rng=0).weights, [6, 1], n_inputs=5),
        Butterfly.random(4, rng=0),
        Butterfly(np.zeros((0, 1, 2))),
    ],
)
def test_effective_weights_change_no_bit_of_products_and_gradients(butterfly):
    family, rng = EffectiveWeights(butterfly), np.random.default_rng(1)
    x, g = (rng.normal(size=(size, 7)) for size in reversed(butterfly.shape))
    for _ in range(2):  # at other weights each time
        theta = rng.normal(size=family.start.size)
        here, operator = family.at(theta), family.operator(family.weights(theta))
        np.testing.assert_array_equal(here.product(x), operator @ x)
        gradient = operator.weights_gradient(x, g)[family.mask]
        np.testing.assert_array_equal(here.gradient(x, g), gradient)
