"""What stands behind a detector or a classifier: boxes out of a detector's output, thresholds on scores."""

from __future__ import annotations

from workbench.memory.tflm.node import INT, Kernel, Node, look_at, nothing, struct

_FLOAT = 4
_COORDINATES = 4

# OpData of detection_postprocess.cc.
_OP_DATA = "iii ii i b iiii 11i {ii} {ii} {ii}"


def _detection_postprocess(node: Node) -> None:
    look_at(3, outputs=0)(node)
    boxes, scores = node.dimension(node.input(0), 1), node.input(1)
    detections, classes = node.custom_option("max_detections"), node.custom_option("num_classes")
    for size in (
        boxes,  # candidates
        boxes * _COORDINATES * _FLOAT,  # decoded
        node.dimension(scores, 1) * node.dimension(scores, 2) * _FLOAT,
        boxes * _FLOAT,  # scores of one class
        boxes * _FLOAT,  # of them, those above the threshold
        detections * boxes * _FLOAT,  # scores after suppression
        detections * boxes * _FLOAT,  # sorted
        boxes * INT,  # which are above the threshold
        detections * boxes * INT,  # which, sorted
        max(classes, detections) * boxes * INT,
        min(boxes, detections) * boxes * INT,  # selected
    ):
        node.scratch(size)


DETECTION_POSTPROCESS = Kernel("detection_postprocess.cc", struct(_OP_DATA), _detection_postprocess)
BASIC_CLASSIFIER = Kernel("basic_classifier.cc", nothing, look_at(3, outputs=2))
