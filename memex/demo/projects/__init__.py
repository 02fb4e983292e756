"""Six fictional projects of one engineer, and what was done on them with agents."""

from memex.demo.projects import ferry, fieldnotes, hearth, lantern_shop, skylark, tollgate

PROJECTS = (
    ferry.PROJECT,
    lantern_shop.PROJECT,
    skylark.PROJECT,
    tollgate.PROJECT,
    hearth.PROJECT,
    fieldnotes.PROJECT,
)
