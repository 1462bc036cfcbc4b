"""The plan for a network as plain C: kernels that may write over inputs they have read, and the proof that they may."""
