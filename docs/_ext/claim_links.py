"""The id of a claim in italics, as in *lemma-s2.1*, leads to the page of the claim."""

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from proofs_check import claims

IDS = frozenset(claim.id for claim in claims())


class ClaimLinks(SphinxTransform):
    """Wrap each emphasised id of a claim in a reference to its page."""

    default_priority = 210

    def apply(self, **_: object) -> None:
        """Visit all emphasised words of one document."""
        for word in list(self.document.findall(nodes.emphasis)):
            name = word.astext()
            if name not in IDS or isinstance(word.parent, nodes.reference | pending_xref):
                continue
            link = pending_xref(
                refdomain="std",
                reftype="doc",
                reftarget=f"/claims/{name}",
                refexplicit=True,
                refwarn=True,
                refdoc=self.env.docname,
            )
            word.replace_self(link)
            link += word


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_transform(ClaimLinks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
