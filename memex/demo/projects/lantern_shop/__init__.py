"""lantern-shop: a shop for lamps; React and TypeScript in the front, a small Node API behind."""

from memex.demo.projects.lantern_shop.cart import CART_REWRITE
from memex.demo.projects.lantern_shop.checkout import BUNDLE_SIZE, KEYBOARD_CHECKOUT
from memex.demo.projects.lantern_shop.dates import DELIVERY_DATE
from memex.demo.projects.lantern_shop.failing_tests import DATABASE_REFUSED, FLAKY_LOGIN
from memex.demo.script import Project

PROJECT = Project(
    "lantern-shop",
    "/home/robin/work/lantern-shop",
    "git@git.example.org:lantern/shop.git",
    (FLAKY_LOGIN, DATABASE_REFUSED, DELIVERY_DATE, CART_REWRITE, BUNDLE_SIZE, KEYBOARD_CHECKOUT),
)
