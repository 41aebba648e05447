"""Where a node may stand, and what may be written there."""

from typing import Final, NamedTuple


class Place(NamedTuple):
    """Where a node stands, and what may be written there."""

    in_flow: bool
    #: whether block collections and block scalars may stand here
    blocks: bool
    #: whether a sequence may stand as far left as its parent
    outdented: bool


IN_FLOW: Final = Place(in_flow=True, blocks=False, outdented=False)
AS_KEY: Final = Place(in_flow=False, blocks=False, outdented=False)
AS_ITEM: Final = Place(in_flow=False, blocks=True, outdented=False)
AS_VALUE: Final = Place(in_flow=False, blocks=True, outdented=True)
