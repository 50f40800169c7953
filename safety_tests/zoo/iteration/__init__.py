"""Iterators walked by one request while another one moves them."""
