import Hummingbird
print("warm")
