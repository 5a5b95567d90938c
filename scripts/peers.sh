#!/bin/sh
# Each peer of the cause benchmark in an environment of its own: pysubgroup needs numpy < 2, deepchecks an old pandas.
# A peer that can't be installed is left out, and the benchmark says so.
set -u
. scripts/peer_environment.sh
install sliceline "sliceline==0.3.0" "pandas==2.2.3" "setuptools<81"
install divexplorer "divexplorer==0.2.6" "pandas==2.2.3" "numpy<2.3"
install pysubgroup "pysubgroup==0.9.0" "numpy==1.26.4" "pandas==2.2.3"
install deepchecks "deepchecks==0.19.1" "numpy==1.26.4" "pandas==2.2.3" "scikit-learn==1.5.2" "setuptools<81" "ipython"
