"""Attribution: which limits keep from a place what it lacks, and with what share."""
