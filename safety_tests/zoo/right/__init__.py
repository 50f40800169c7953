"""Right services that look suspicious: a gate that accuses one of them is wrong."""
