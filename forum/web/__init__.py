"""The HTTP seam: everything between a request and a room's views."""
