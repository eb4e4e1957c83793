# Documents that the distribution carries.
EXTRA_DIST += docs/adding.md docs/conformance.md docs/design.md docs/inside.md docs/usage.md docs/plan.md docs/system.md
