"""Evidence as it arrives: files, folders, forensic images and the logs of the tools that made them."""
