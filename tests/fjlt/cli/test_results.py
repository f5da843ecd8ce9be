import pytest

from fjlt.cli.results import page, rendered


@pytest.mark.parametrize(("kind", "magic"), [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_same_picture_same_bytes(kind, magic):
    def picture():
        figure, axes = page(3, 2)
        axes.plot([1, 2, 4], label="loss")
        axes.legend()
        return rendered(figure, kind)

    one, two = picture(), picture()
    assert one.startswith(magic)
    assert one == two
    assert b"CreationDate" not in one
