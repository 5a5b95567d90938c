"""Why a drop happened, since when, and which segments are weak."""
