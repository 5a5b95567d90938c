#!/bin/sh
# Each peer of the page comparison in an environment of its own. Evidently 0.7.23 fails on pandas 3; raiwidgets 0.36.0 asks
# for pandas < 2, and econml, which it imports, for a scipy that still has what later ones took out.
set -u
. scripts/peer_environment.sh
install evidently "evidently==0.7.23" "pandas<3"
install nannyml "nannyml==0.13.1" statsmodels
install raiwidgets "raiwidgets==0.36.0" "scipy<1.14" "setuptools<81"
