"""The network as a graph, and the propagation of moments along it."""
