"""What a request leaves behind when its client goes away."""
