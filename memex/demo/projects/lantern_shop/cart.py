"""A long day: the cart moves from Redux to one small store."""

from memex.demo.projects.lantern_shop.cart_after import AFTERNOON
from memex.demo.projects.lantern_shop.cart_before import FILES, MORNING
from memex.demo.script import claude

CART_REWRITE = claude(
    "cart-rewrite",
    "Move the cart from Redux to zustand",
    40,
    "12:02",
    *MORNING,
    *AFTERNOON,
    branch="refactor/cart",
    files=FILES,
)
