"""The functions behind the routes, one module for each area: parameters as the wire names them, answers as the seam gives them."""
